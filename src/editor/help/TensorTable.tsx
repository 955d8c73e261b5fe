import { useState } from 'react';
import { makeArray, type TensorData } from '../../compiler/types.ts';
import { formatFigure } from '../widgets/format.ts';
import { Scroller } from '../widgets/Scroller.tsx';

/** More elements are not listed. */
const MOST = 64;

interface TensorTableProps {
  readonly label: string;
  readonly data: TensorData;
  readonly colour: 'forward' | 'backward' | 'muted';
  /** Makes the elements fields. */
  readonly onChange?: (data: TensorData) => void;
}

const COLOURS = { forward: 'text-forward', backward: 'text-backward', muted: 'text-muted' } as const;

function show({ dtype }: TensorData, value: number): string {
  if (dtype === 'bool') return value ? 'true' : 'false';
  return dtype === 'float32' ? formatFigure(value) : String(value);
}

/** A small tensor: its last axis in columns, all others in rows. */
export function TensorTable({ label, data, colour, onChange }: TensorTableProps) {
  const { shape, dtype } = data;
  const columns = Math.max(1, shape.at(-1) ?? 1);
  const values = Array.from(data.data as ArrayLike<number>, Number);
  const shown = values.slice(0, Math.max(columns, Math.floor(MOST / columns) * columns));
  const rows = Array.from({ length: Math.ceil(shown.length / columns) }, (_, row) =>
    shown.slice(row * columns, (row + 1) * columns),
  );
  return (
    <figure aria-label={label} className="min-w-0">
      <figcaption className="text-sm">
        <span className={COLOURS[colour]}>{label}</span>{' '}
        <span className="font-mono text-faint">
          {dtype}[{shape.join(',')}]
        </span>
      </figcaption>
      <Scroller label={label} className="mt-0.5">
        <table className="border-collapse text-right font-mono text-sm">
          <thead className="sr-only">
            <tr>
              <th scope="col">row</th>
              {rows[0]?.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
              <tr key={at}>
                <th scope="row" className="sr-only">
                  {at}
                </th>
                {row.map((value, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: places in a tensor do not move
                  <td key={column} className="min-w-12 border border-line px-1.5 py-0.5">
                    {onChange ? (
                      <Cell
                        label={`${label}, element ${at * columns + column}`}
                        value={value}
                        onCommit={(next) => {
                          const changed = values.map((old, index) => (index === at * columns + column ? next : old));
                          onChange({ dtype, shape, data: makeArray(dtype, changed) });
                        }}
                      />
                    ) : (
                      show(data, value)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {shown.length < values.length && <p className="text-faint text-sm">… {values.length - shown.length} more</p>}
    </figure>
  );
}

interface CellProps {
  readonly label: string;
  readonly value: number;
  readonly onCommit: (value: number) => void;
}

function Cell({ label, value, onCommit }: CellProps) {
  const plain = String(Number(value.toPrecision(6)));
  const [text, setText] = useState(plain);
  const commit = () => {
    const next = Number(text);
    if (text.trim() === '' || Number.isNaN(next)) setText(plain);
    else if (next !== value) onCommit(next);
  };
  return (
    <input
      aria-label={label}
      inputMode="decimal"
      className="h-6 w-14 bg-transparent text-right"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
