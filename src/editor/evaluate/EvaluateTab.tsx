import { Calculator } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PortRef } from '../../compiler/document.ts';
import { portKey } from '../../compiler/result.ts';
import type { TensorData } from '../../compiler/types.ts';
import { TensorTable } from '../help/TensorTable.tsx';
import { editor } from '../store/editor.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import { useDocumentState, useFlatNodes, useUi, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { type EvaluationSource, evaluable, evaluateWire, type Given, parseNumbers } from './evaluate.ts';

const FIELD = 'h-7 min-w-0 rounded-md border border-line bg-panel px-1.5';

interface Typed {
  readonly text: string;
  readonly asRows: boolean;
}

/** Every value that is computed, by the node that makes it. */
function useValues(): readonly (PortRef & { readonly key: string; readonly name: string })[] {
  const nodes = useFlatNodes();
  const types = useWhole((state) => state.check.types);
  return useMemo(
    () =>
      [...types.keys()].flatMap((key) => {
        const end = key.lastIndexOf(':');
        const [node, port] = [key.slice(0, end), key.slice(end + 1)];
        const drawn = nodes[node];
        const record = editor.registry.get(drawn?.op ?? '');
        if (!drawn || !record || record.kind === 'parameter' || record.kind === 'data') return [];
        return [{ key, node, port, name: record.outputs.length > 1 ? `${drawn.name}.${port}` : drawn.name }];
      }),
    [nodes, types],
  );
}

/** The value that is selected on the canvas. */
function useSelected(): string | null {
  const { nodes, edges } = useUi((state) => state.selection);
  const { document, path } = useDocumentState((state) => state);
  if (path.length > 0) return null;
  const wire = document.graph.edges[edges[0] ?? ''];
  if (wire) return portKey(wire.source.node, wire.source.port);
  const [node = ''] = nodes;
  const [port] = outputPorts(
    editor.registry.get(document.graph.nodes[node]?.op ?? ''),
    wiresOf(document.graph.edges, node),
  );
  return port === undefined ? null : portKey(node, port);
}

/** Evaluates a wire for values of one's own. */
export function EvaluateTab() {
  const values = useValues();
  const selected = useSelected();
  const [chosen, setChosen] = useState<string | null>(null);
  const target =
    [chosen, selected].map((key) => values.find((value) => value.key === key)).find(Boolean) ?? values.at(-1);
  const graph = useWhole((state) => state.document.graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit may change what has to be given
  const found = useMemo(() => (target ? evaluable(editor, target) : null), [target, graph]);
  const [typed, setTyped] = useState<Readonly<Record<string, Typed>>>({});
  const [answer, setAnswer] = useState<{ readonly of: string; readonly data: TensorData } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  if (!target) return <p className="p-4 text-muted">Nothing is computed yet.</p>;
  const stateOf = ({ key, isData }: EvaluationSource): Typed =>
    typed[key] ?? { text: isData ? '0' : '', asRows: isData };

  const run = async () => {
    if (!found) return;
    setProblem(null);
    try {
      const given = Object.fromEntries(
        found.sources.map((source): [string, Given] => {
          const { text, asRows } = stateOf(source);
          const numbers = parseNumbers(text);
          if (!numbers) throw new Error(`${source.name}: “${text}” is no list of numbers.`);
          return [source.key, asRows ? { rows: numbers } : { numbers }];
        }),
      );
      setAnswer({ of: target.name, data: await evaluateWire(editor, found, given) });
    } catch (error) {
      setAnswer(null);
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form
      aria-label="Evaluate a wire"
      className="grid gap-x-8 gap-y-3 p-4 @2xl:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <div className="flex flex-col gap-2">
        <label className="flex items-center gap-2">
          <span className="w-24 shrink-0 text-muted">value of</span>
          <select className={`${FIELD} flex-1`} value={target.key} onChange={(event) => setChosen(event.target.value)}>
            {values.map((value) => (
              <option key={value.key} value={value.key}>
                {value.name}
              </option>
            ))}
          </select>
        </label>
        {!found && <p className="text-error">Errors stand in the way: repair them first.</p>}
        {found?.sources.map((source) => (
          <SourceField
            key={source.key}
            source={source}
            typed={stateOf(source)}
            onChange={(next) => setTyped({ ...typed, [source.key]: next })}
          />
        ))}
        {found?.sources.length === 0 && <p className="text-muted">It depends on no input, only on parameters.</p>}
        <div>
          <Button type="submit" disabled={!found}>
            <Calculator size={14} /> Evaluate
          </Button>
        </div>
        <p className="text-faint text-sm">With the parameters as they are now. Training is not touched.</p>
      </div>
      <div className="min-w-0" role="status">
        {problem && <p className="text-error">{problem}</p>}
        {answer && <TensorTable label={answer.of} data={answer.data} colour="forward" />}
      </div>
    </form>
  );
}

interface SourceFieldProps {
  readonly source: EvaluationSource;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}

function SourceField({ source, typed, onChange }: SourceFieldProps) {
  const { name, dtype, shape, isBatch, isData } = source;
  const type = `${dtype === 'float32' ? 'f32' : dtype === 'int32' ? 'i32' : dtype}[${[...(isBatch ? ['rows'] : []), ...shape].join(',')}]`;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="w-24 shrink-0 truncate text-muted" title={`${name}: ${type}`}>
        {name}
      </span>
      {isData && (
        <select
          aria-label={`What is given for ${name}`}
          className={FIELD}
          value={typed.asRows ? 'rows' : 'values'}
          onChange={(event) => onChange({ ...typed, asRows: event.target.value === 'rows' })}
        >
          <option value="rows">row of the data</option>
          <option value="values">values</option>
        </select>
      )}
      <input
        aria-label={typed.asRows ? `Row numbers for ${name}` : `Values of ${name}`}
        className={`${FIELD} flex-1 font-mono`}
        placeholder={typed.asRows ? '0' : `2, 3, 0  ${type}`}
        value={typed.text}
        onChange={(event) => onChange({ ...typed, text: event.target.value })}
      />
    </div>
  );
}
