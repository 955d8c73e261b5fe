import { Scroller } from '../widgets/Scroller.tsx';
import type { Confusion } from './confusion.ts';

interface ConfusionMatrixProps {
  readonly confusion: Confusion;
  readonly classes: number;
  readonly names: readonly string[];
}

/** Rows by what they are and by what they are taken for; the darker, the more. */
export function ConfusionMatrix({ confusion: { counts }, classes, names }: ConfusionMatrixProps) {
  const all = Array.from({ length: classes }, (_, at) => at);
  const sums = all.map((is) => all.reduce((sum, taken) => sum + (counts[is * classes + taken] ?? 0), 0));
  const nameOf = (at: number) => names[at] ?? String(at);
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 font-medium">Confusion matrix</figcaption>
      <Scroller label="Confusion matrix">
        <table className="border-collapse text-center text-sm tabular-nums">
          <thead>
            <tr>
              <th scope="row" className="pr-2 text-right font-normal text-faint text-xs">
                is ↓ taken for →
              </th>
              {all.map((taken) => (
                <th key={taken} scope="col" className="h-6 min-w-8 px-1 font-normal text-muted">
                  {nameOf(taken)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((is) => (
              <tr key={is}>
                <th scope="row" className="pr-2 text-right font-normal text-muted">
                  {nameOf(is)}
                </th>
                {all.map((taken) => {
                  const count = counts[is * classes + taken] ?? 0;
                  const share = count / Math.max(1, sums[is] ?? 1);
                  // Few mistakes among many rows still show.
                  const part = Math.round(38 * (is === taken ? share : Math.sqrt(share)));
                  const colour = is === taken ? 'var(--text)' : 'var(--error)';
                  return (
                    <td
                      key={taken}
                      className={`h-6 min-w-8 border border-line px-1 ${count === 0 ? 'text-faint' : ''}`}
                      style={{ background: `color-mix(in srgb, ${colour} ${part}%, transparent)` }}
                    >
                      {count}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </figure>
  );
}
