import { useStore } from 'zustand/react';
import type { ParameterCheck, SlopeCheck } from '../../runtime/protocol.ts';
import { elementName } from '../explain/elements.ts';
import { useFlatNodes, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { Modal } from '../widgets/Modal.tsx';
import { checkAllGradients, gradientChecks } from './check-store.ts';
import { Verdict } from './Verdict.tsx';

/** The gradients beside finite differences, parameter by parameter. */
export function CheckDialog() {
  const open = useStore(gradientChecks, (state) => state.open);
  return (
    <Modal
      open={open}
      onClose={() => gradientChecks.setState({ open: false })}
      title="Gradient check"
      description="The compiled gradients beside differences of the cost, on the batch of the last step."
      className="max-w-xl"
    >
      <Report />
    </Modal>
  );
}

function Report() {
  const { running, found, revision, problem } = useStore(gradientChecks);
  const stale = useWhole((state) => state.revision !== revision);
  return (
    <>
      <p role="status" className="min-h-6">
        {running ? 'Checking…' : problem ? problem : found ? summary(found.parameters) : ''}
        {!running && found && stale && <span className="text-warning"> The graph was edited since.</span>}
      </p>
      {found && (
        <ul className="mt-2 flex flex-col gap-2">
          {found.parameters.map((each) => (
            <Parameter key={each.node} found={each} />
          ))}
        </ul>
      )}
      <div className="mt-3 flex items-start gap-3">
        <Button disabled={running} onClick={() => void checkAllGradients()}>
          Check again
        </Button>
        <p className="min-w-0 flex-1 text-muted text-sm">
          Costs are computed in float32, with about seven digits: their differences have two to five, so errors up to 1
          % count as agreement. At a kink, as of Relu at 0, slopes differ from side to side and neither is wrong. Random
          operators draw the same numbers each time. Training is not touched.
        </p>
      </div>
    </>
  );
}

function summary(parameters: readonly ParameterCheck[]): string {
  const count = (verdict: SlopeCheck['verdict']) => parameters.filter((each) => each.verdict === verdict).length;
  const failed = count('fail');
  const unclear = count('unclear');
  if (failed > 0)
    return `${formatCount(failed)} of ${formatCount(parameters.length)} gradients differ from differences.`;
  const kinks = unclear > 0 ? ` ${formatCount(unclear)} at a kink.` : '';
  return `All ${formatCount(parameters.length)} gradients agree with differences.${kinks}`;
}

function Parameter({ found }: { readonly found: ParameterCheck }) {
  const nodes = useFlatNodes();
  const { node, slot, shape, verdict, error, slopes } = found;
  return (
    <li className="rounded-lg border border-line" data-parameter={slot}>
      <details>
        <summary className="flex min-h-9 list-none items-center gap-2 px-3">
          <span className="min-w-0 flex-1 truncate font-medium">
            {nodes[node]?.name ?? slot}{' '}
            <span className="font-mono font-normal text-faint text-sm">[{shape.join(',')}]</span>
          </span>
          <span className="text-muted text-sm">error {formatFigure(error, 2)}</span>
          <Verdict verdict={verdict} />
        </summary>
        <table className="w-full border-t text-right text-sm">
          <thead className="text-faint text-xs">
            <tr>
              <th className="px-3 py-1 text-left font-normal">along</th>
              <th className="font-normal">gradient</th>
              <th className="font-normal">difference</th>
              <th className="px-3 font-normal">error</th>
            </tr>
          </thead>
          <tbody>
            {slopes.map((slope) => (
              <tr key={slope.what}>
                <th scope="row" className="px-3 text-left font-normal">
                  {slope.what === 'direction' ? 'a random direction' : elementName(slope.what, shape)}
                </th>
                <td className="text-backward">{formatFigure(slope.derivative, 4)}</td>
                <td>{formatFigure(slope.difference, 4)}</td>
                <td className="px-3">{formatFigure(slope.error, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </li>
  );
}
