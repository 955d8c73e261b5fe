import './timing.css';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand/react';
import type { Counts } from '../../runtime/protocol.ts';
import { reveal } from '../commands/view.ts';
import { Fact, Facts } from '../inspector/Section.tsx';
import { questions } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { heat } from '../store/heat.ts';
import { useFlatNodes, useSession, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatCount, formatFigure, formatPercent } from '../widgets/format.ts';
import { Scroller } from '../widgets/Scroller.tsx';
import { Toggle } from '../widgets/Toggle.tsx';
import { measureNodes, type NodeTime, totalOf } from './timing.ts';

interface Measured {
  readonly times: readonly NodeTime[];
  readonly graph: unknown;
}

/** Where the time of a step goes, and what ran where. */
export function TimeTab() {
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [progress, setProgress] = useState<readonly [number, number] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const graph = useWhole((state) => state.document.graph);
  const going = useRef(false);
  useEffect(
    () => () => {
      going.current = false;
      heat.setState({ shares: null });
    },
    [],
  );
  const run = async () => {
    going.current = true;
    setProblem(null);
    try {
      const times = await measureNodes(editor, (done, of) => {
        setProgress([done, of]);
        return going.current;
      });
      if (times) setMeasured({ times, graph: editor.whole.getState().document.graph });
      else if (going.current) setProblem('There is no step to measure: nothing is trained.');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setProgress(null);
  };
  const stop = () => {
    going.current = false;
    setProgress(null);
  };
  return (
    <div className="grid gap-x-8 gap-y-3 p-4 @2xl:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <div className="flex flex-col gap-2">
        <div className="flex items-center gap-3">
          {progress ? (
            <Button onClick={stop}>Cancel</Button>
          ) : (
            <Button onClick={() => void run()}>{measured ? 'Measure again' : 'Measure'}</Button>
          )}
          <span role="status" className="text-muted">
            {progress ? `Part ${formatCount(progress[0] + 1)} of ${formatCount(progress[1])}…` : ''}
          </span>
        </div>
        {problem && <p className="text-error">{problem}</p>}
        {measured && <HeatSwitch times={measured.times} />}
        <p className="text-faint text-sm">
          The part of each node is run alone, many times in a row, on wasm and one thread, whatever trains: with numbers
          made up, on the batch size of training. In training neighbours are fused, and looking at values takes time
          too.
        </p>
        <Ran />
      </div>
      {measured && (
        <div>
          {measured.graph !== graph && <p className="mb-1 text-warning">The graph was edited since.</p>}
          <Table times={measured.times} />
        </div>
      )}
    </div>
  );
}

function HeatSwitch({ times }: { readonly times: readonly NodeTime[] }) {
  const on = useStore(heat, (state) => state.shares !== null);
  const all = times.reduce((sum, each) => sum + totalOf(each), 0);
  const show = (next: boolean) =>
    heat.setState({ shares: next ? new Map(times.map((each) => [each.node, totalOf(each) / all])) : null });
  return (
    <div className="flex items-center gap-2">
      <Toggle id="heat-switch" checked={on} className="my-0" onChange={show} />
      <label htmlFor="heat-switch">Colour the canvas by time</label>
    </div>
  );
}

/** The backend, and what went through it. */
function Ran() {
  const backend = useSession((state) => state.backend);
  const reason = useSession((state) => state.reason);
  const rate = useSession((state) => state.stepsPerSecond);
  const [counts, setCounts] = useState<Counts | null>(null);
  const step = useSession((state) => state.step);
  const [from, setFrom] = useState<{ readonly counts: Counts; readonly step: number } | null>(null);
  useEffect(() => {
    let current = true;
    void questions()
      .counts()
      .then((found) => {
        if (!current) return;
        setCounts(found);
        setFrom((before) => before ?? { counts: found, step });
      })
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [step]);
  const steps = from ? step - from.step : 0;
  const each = (key: keyof Counts) => (counts && from && steps > 0 ? (counts[key] - from.counts[key]) / steps : null);
  return (
    <Facts>
      <Fact label="trains on">
        {backend === null
          ? 'nothing yet'
          : backend === 'webgpu'
            ? 'WebGPU, every node of it'
            : 'wasm, every node of it'}
      </Fact>
      {reason && <Fact label="because">{reason}</Fact>}
      <Fact label="a step">{rate ? `${formatFigure(1000 / rate)} ms, at ${formatFigure(rate)} a second` : '–'}</Fact>
      {backend === 'webgpu' && (
        <>
          <Fact label="dispatches">
            {steps > 0 ? `${formatFigure(each('dispatches'))} a step, with what looks at it` : 'train to count them'}
          </Fact>
          <Fact label="uploaded">{steps > 0 ? `${formatFigure(each('uploadedBytes'))} bytes a step` : '–'}</Fact>
          <Fact label="read back">{steps > 0 ? `${formatFigure(each('readBytes'))} bytes a step` : '–'}</Fact>
        </>
      )}
    </Facts>
  );
}

function Table({ times }: { readonly times: readonly NodeTime[] }) {
  const nodes = useFlatNodes();
  const all = times.reduce((sum, each) => sum + totalOf(each), 0);
  const milliseconds = (value: number) => (value > 0 ? formatFigure(value) : '');
  return (
    <Scroller label="Time of the nodes">
      <table className="w-full max-w-160 text-right text-sm tabular-nums">
        <thead className="text-faint text-xs">
          <tr>
            <th scope="col" className="text-left font-normal">
              node
            </th>
            <th scope="col" className="px-2 font-normal">
              forward ms
            </th>
            <th scope="col" className="px-2 font-normal">
              backward ms
            </th>
            <th scope="col" className="px-2 font-normal">
              update ms
            </th>
            <th scope="col" className="px-2 font-normal">
              kernels
            </th>
            <th scope="col" className="w-32 font-normal">
              share
            </th>
          </tr>
        </thead>
        <tbody>
          {times.map((each) => (
            <tr key={each.node} className="border-t">
              <th scope="row" className="text-left font-normal">
                <button
                  type="button"
                  className="min-h-6 text-left hover:underline"
                  onClick={() => void reveal.run(editor, { node: each.node, flat: true })}
                >
                  {nodes[each.node]?.name ?? each.node} <span className="text-faint">{nodes[each.node]?.op}</span>
                </button>
              </th>
              <td className="px-2">{milliseconds(each.forward)}</td>
              <td className="px-2">{milliseconds(each.backward)}</td>
              <td className="px-2">{milliseconds(each.update)}</td>
              <td className="px-2">{each.kernels}</td>
              <td>
                <span className="flex items-center justify-end gap-2">
                  <span className="h-2 flex-1 rounded-full bg-panel-2">
                    <span
                      className="block h-full rounded-full bg-muted"
                      style={{ width: `${(100 * totalOf(each)) / all}%` }}
                    />
                  </span>
                  <span className="w-14">{formatPercent(totalOf(each) / all)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot className="border-t font-medium">
          <tr>
            <th scope="row" className="text-left">
              all, one by one
            </th>
            <td colSpan={4} className="px-2">
              {formatFigure(all)} ms
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}
