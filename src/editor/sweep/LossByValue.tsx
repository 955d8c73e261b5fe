import { useNarrow } from '../shell/use-narrow.ts';
import { formatFigure } from '../widgets/format.ts';
import type { SweepRow } from './sweep-store.ts';

interface Dot {
  readonly value: number;
  readonly training: number | null;
  readonly validation: number | null;
}

const HEIGHT = 190;
const PAD = { left: 52, right: 14, top: 10, bottom: 34 };

/** Of the rows that are done, by the first value; of several rows with one value the best on the validation split. */
export function dotsOf(rows: readonly SweepRow[]): readonly Dot[] {
  const found = new Map<number, Dot>();
  for (const { values, result } of rows) {
    const [value] = values;
    if (!result || value === undefined) continue;
    const known = found.get(value);
    const { training, validation } = result;
    if (known && (known.validation ?? known.training ?? 0) <= (validation ?? training ?? 0)) continue;
    found.set(value, { value, training, validation });
  }
  return [...found.values()].toSorted((a, b) => a.value - b.value);
}

/** Whether values grow by factors rather than by steps, so that an axis of logarithms shows them better. */
export function growsByFactors(values: readonly number[]): boolean {
  const [low = 0] = values;
  const high = values.at(-1) ?? 0;
  return low > 0 && values.length > 2 && high / low > 20;
}

/** The losses on both splits at the end of each run, by the value that is varied. */
export function LossByValue({ rows, label }: { readonly rows: readonly SweepRow[]; readonly label: string }) {
  // Figures keep their size where there is less room.
  const width = useNarrow() ? 330 : 560;
  const dots = dotsOf(rows);
  const losses = dots.flatMap(({ training, validation }) =>
    [training, validation].filter((loss): loss is number => loss !== null && Number.isFinite(loss)),
  );
  if (dots.length < 2 || losses.length === 0) return null;
  const logarithmic = growsByFactors(dots.map(({ value }) => value));
  const place = (value: number) => (logarithmic ? Math.log(value) : value);
  const [first, last] = [place(dots[0]?.value ?? 0), place(dots.at(-1)?.value ?? 1)];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  const x = (value: number) =>
    PAD.left + ((place(value) - first) / (last - first || 1)) * (width - PAD.left - PAD.right);
  const y = (loss: number) =>
    HEIGHT - PAD.bottom - ((loss - low + air) / (high - low + 2 * air)) * (HEIGHT - PAD.top - PAD.bottom);
  const lines = [
    { of: 'training', colour: 'var(--forward)', dash: undefined },
    { of: 'validation', colour: 'var(--muted)', dash: '5 3' },
  ] as const;
  const best = dots
    .filter(({ validation }) => validation !== null && Number.isFinite(validation))
    .toSorted((a, b) => (a.validation ?? 0) - (b.validation ?? 0))[0];
  return (
    <figure>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`Loss on the training and the validation split by ${label}${best ? `; the validation loss is least at ${best.value}` : ''}`}
        className="w-full text-sm"
      >
        {[low, (low + high) / 2, high].map((loss) => (
          <g key={loss}>
            <path d={`M${PAD.left} ${y(loss)}H${width - PAD.right}`} stroke="var(--border)" />
            <text x={PAD.left - 6} y={y(loss) + 4} textAnchor="end" fill="var(--faint)">
              {formatFigure(loss)}
            </text>
          </g>
        ))}
        {lines.map(({ of, colour, dash }) => {
          const known = dots.flatMap((dot) => {
            const loss = dot[of];
            return loss === null || !Number.isFinite(loss) ? [] : [[x(dot.value), y(loss)] as const];
          });
          return (
            <g key={of}>
              <path
                d={known.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${px} ${py}`).join('')}
                fill="none"
                stroke={colour}
                strokeWidth="1.75"
                strokeDasharray={dash}
              />
              {known.map(([px, py]) => (
                <circle key={px} cx={px} cy={py} r="3" fill="var(--panel)" stroke={colour} strokeWidth="1.75" />
              ))}
            </g>
          );
        })}
        {best && (
          <circle
            cx={x(best.value)}
            cy={y(best.validation ?? 0)}
            r="6"
            fill="none"
            stroke="var(--text)"
            strokeWidth="1.5"
          />
        )}
        {dots.map(({ value }, at) =>
          dots.length <= 12 || at % Math.ceil(dots.length / 12) === 0 ? (
            <text key={value} x={x(value)} y={HEIGHT - 18} textAnchor="middle" fill="var(--faint)">
              {value}
            </text>
          ) : null,
        )}
        <text x={(PAD.left + width - PAD.right) / 2} y={HEIGHT - 3} textAnchor="middle" fill="var(--muted)">
          {label}
        </text>
      </svg>
      <figcaption className="flex gap-4 text-muted text-sm">
        {lines.map(({ of, colour, dash }) => (
          <span key={of} className="flex items-center gap-1.5">
            <svg width="18" height="3" aria-hidden="true">
              <path d="M0 1.5h18" stroke={colour} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            {of} loss
          </span>
        ))}
        {best && <span>○ least validation loss</span>}
      </figcaption>
    </figure>
  );
}
