import { useStore } from 'zustand/react';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { applyValues } from './commands.ts';
import { LossByValue } from './LossByValue.tsx';
import type { Sweep } from './sweep.ts';
import { type SweepRow, sweeps } from './sweep-store.ts';

/** What each run came to, and the losses by the value that was varied. */
export function SweepTable() {
  const { sweep, rows, at, step, monitor, cancelled } = useStore(sweeps);
  if (!sweep) return null;
  const done = rows.filter(({ result, problem }) => result || problem).length;
  const best = rows
    .filter(({ result }) => result && Number.isFinite(result.validation ?? result.training ?? Number.NaN))
    .toSorted((a, b) => lossOf(a) - lossOf(b))[0];
  return (
    <section aria-label="Results" className="mt-4 border-t pt-3">
      <p role="status" className="mb-2">
        {at === null
          ? `${cancelled ? 'Cancelled after' : 'Done:'} ${formatCount(done)} of ${formatCount(rows.length)} runs.`
          : `Run ${formatCount(at + 1)} of ${formatCount(rows.length)}`}
        {at !== null && <span className="text-muted tabular-nums"> · step {formatCount(step)}</span>}
      </p>
      <LossByValue rows={rows} label={sweep.axes[0]?.label ?? ''} />
      <div className="scroll-thin mt-3 overflow-x-auto">
        <table className="w-full whitespace-nowrap text-right">
          <thead className="text-faint text-sm">
            <tr>
              {sweep.axes.map(({ label }) => (
                <th key={label} className="max-w-40 truncate pr-3 text-left font-normal" title={label}>
                  {label}
                </th>
              ))}
              <th className="px-2 font-normal">steps</th>
              <th className="px-2 font-normal">training</th>
              <th className="px-2 font-normal">validation</th>
              <th className="px-2 font-normal">best {monitor}</th>
              <th>
                <span className="sr-only">Use</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Row key={row.values.join()} row={row} sweep={sweep} running={index === at} best={row === best} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const lossOf = ({ result }: SweepRow) => result?.validation ?? result?.training ?? Number.POSITIVE_INFINITY;

interface RowProps {
  readonly row: SweepRow;
  readonly sweep: Sweep;
  readonly running: boolean;
  readonly best: boolean;
}

function Row({ row, sweep, running, best }: RowProps) {
  const { values, result, problem } = row;
  return (
    <tr className={best ? 'font-semibold' : ''}>
      {values.map((value, at) => (
        <td key={sweep.axes[at]?.label} className="py-0.5 pr-3 text-left">
          {value}
        </td>
      ))}
      {problem ? (
        <td colSpan={4} className="whitespace-normal px-2 text-left font-normal text-error">
          {problem}
        </td>
      ) : (
        <>
          <td className="px-2">{result ? formatCount(result.steps) : running ? '…' : ''}</td>
          <td className="px-2">{result && formatFigure(result.training)}</td>
          <td className="px-2">{result && formatFigure(result.validation)}</td>
          <td className="px-2">
            {result?.best ? formatFigure(result.best.value) : result?.why === 'diverged' ? 'diverged' : ''}
          </td>
        </>
      )}
      <td className="w-px pl-1">
        {result && (
          <Button
            kind="quiet"
            className="font-normal"
            aria-label={`Use ${values.join(', ')}`}
            onClick={() => void applyValues.run(editor, { sweep, values })}
          >
            Use
          </Button>
        )}
      </td>
    </tr>
  );
}
