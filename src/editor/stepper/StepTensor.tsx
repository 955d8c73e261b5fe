import type { WalkTensor } from '../../compiler/questions/walk.ts';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { Scroller } from '../widgets/Scroller.tsx';

const ROWS = 4;
const COLUMNS = 4;

interface StepTensorProps {
  readonly tensor: WalkTensor;
  readonly numbers: Float32Array;
  /** The element that is worked out. */
  readonly element?: number;
}

function show({ dtype }: WalkTensor, value: number | undefined): string {
  if (dtype === 'bool') return value ? 'true' : 'false';
  return dtype === 'float32' ? formatFigure(value) : String(value);
}

/** A corner of a tensor, its range, and what of it is no number. */
export function StepTensor({ tensor, numbers, element }: StepTensorProps) {
  const { label, of, shape } = tensor;
  const columns = Math.max(1, shape.at(-1) ?? 1);
  const size = shape.reduce((all, dim) => all * dim, 1);
  const rows = Math.min(ROWS, Math.ceil(numbers.length / columns));
  const shown = rows * Math.min(columns, COLUMNS);
  const colour = of === 'gradient' ? 'text-backward' : 'text-forward';
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let bad = 0;
  for (const value of numbers) {
    if (!Number.isFinite(value)) bad++;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return (
    <figure aria-label={label} className="min-w-0">
      <figcaption className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className={`font-medium ${colour}`}>{label}</span>
        <span className="font-mono text-faint">[{shape.join(',')}]</span>
        {size > 1 && low <= high && (
          <span className="text-muted">
            {formatFigure(low)} to {formatFigure(high)}
          </span>
        )}
        {bad > 0 && <span className="text-error">{formatCount(bad)} no finite number</span>}
      </figcaption>
      <Scroller label={label} className="mt-0.5">
        <table className="border-collapse text-right font-mono text-sm">
          <thead className="sr-only">
            <tr>
              <th scope="col">row</th>
              {Array.from({ length: Math.min(columns, COLUMNS) }, (_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: rows }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
              <tr key={row}>
                <th scope="row" className="sr-only">
                  {row}
                </th>
                {Array.from({ length: Math.min(columns, COLUMNS) }, (_, column) => {
                  const at = row * columns + column;
                  const value = numbers[at];
                  const isBad = value !== undefined && !Number.isFinite(value);
                  return (
                    <td
                      // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
                      key={column}
                      data-chosen={at === element || undefined}
                      className={`min-w-11 border border-line px-1.5 py-0.5 data-chosen:bg-panel-2 data-chosen:font-semibold ${isBad ? 'text-error' : ''}`}
                    >
                      {show(tensor, value)}
                    </td>
                  );
                })}
                {columns > COLUMNS && <td className="px-1 text-faint">…</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {size > shown && (
        <p className="text-faint text-xs">
          {formatCount(shown)} of {formatCount(size)}
        </p>
      )}
    </figure>
  );
}
