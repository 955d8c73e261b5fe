import { PencilLine } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { TensorTable } from '../help/TensorTable.tsx';
import { Section } from '../inspector/Section.tsx';
import { questions } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, usePortType, useSession } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { firstCorner, parseSlice } from './slices.ts';

/** Elements that the table shows. */
const MOST = 64;
const FIELD = 'h-7 min-w-0 rounded-md border border-line bg-panel px-1.5 font-mono';

/** What training keeps the values of a parameter of the open sheet under. */
function useSlot(id: NodeId): string {
  return useDocumentState(({ path }) => {
    const flat = flatten(editor.whole.getState().document, editor.registry);
    return flat.document.graph.nodes[flat.idOf(path, id)]?.name ?? '';
  });
}

/** The values of a parameter as they are now, to be read and set by hand. */
export function ParameterValues({ id }: { readonly id: NodeId }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title="Values">
      {open ? (
        <Values id={id} />
      ) : (
        <Button onClick={() => setOpen(true)}>
          <PencilLine size={14} /> Read and set values
        </Button>
      )}
    </Section>
  );
}

function Values({ id }: { readonly id: NodeId }) {
  const slot = useSlot(id);
  const shape = (usePortType(id, 'value')?.shape ?? []).map(Number);
  const [values, setValues] = useState<Float32Array | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [part, setPart] = useState(firstCorner(shape, MOST));
  const [all, setAll] = useState('');
  const moment = useSession((state) =>
    state.phase === 'running' || state.phase === 'loading' ? 'running' : state.step,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: values of another moment are others
  useEffect(() => {
    let current = true;
    questions()
      .readState()
      .then((state) => current && setValues(state[slot] ?? null))
      .catch((error: Error) => current && setProblem(error.message));
    return () => {
      current = false;
    };
  }, [slot, moment]);
  if (problem) return <p className="text-error">{problem}</p>;
  if (!values) return <p className="text-muted">Reading…</p>;
  const slice = parseSlice(part, shape);
  const shown = slice && slice.indices.length <= MOST ? slice : null;

  const set = async (indices: readonly number[], numbers: ArrayLike<number>) => {
    const next = values.slice();
    indices.forEach((index, at) => {
      next[index] = numbers[at] ?? 0;
    });
    setValues(next);
    await questions()
      .loadState({ [slot]: next })
      .catch((error: Error) => setProblem(error.message));
  };
  return (
    <div className="flex flex-col gap-2">
      {shape.length > 0 && (
        <label className="flex items-center gap-2">
          <span className="w-16 text-muted">part</span>
          <input
            aria-label="Part of the parameter"
            className={`${FIELD} flex-1`}
            spellCheck={false}
            value={part}
            onChange={(event) => setPart(event.target.value)}
          />
        </label>
      )}
      {!slice && (
        <p className="text-error">
          “{part}” is no part of [{shape.join(', ')}]. Write 0, 2:5 for example.
        </p>
      )}
      {slice && !shown && (
        <p className="text-muted">{slice.indices.length} elements: choose at most 64 to see them one by one.</p>
      )}
      {shown && (
        <TensorTable
          key={shown.indices.map((index) => values[index]).join()}
          label={slot}
          colour="forward"
          data={{
            dtype: 'float32',
            shape: shown.shape,
            data: Float32Array.from(shown.indices, (index) => values[index] ?? 0),
          }}
          onChange={({ data }) => void set(shown.indices, data as Float32Array)}
        />
      )}
      {slice && (
        <form
          className="flex items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const number = Number(all);
            if (all.trim() !== '' && !Number.isNaN(number))
              void set(
                slice.indices,
                slice.indices.map(() => number),
              );
          }}
        >
          <span className="w-16 text-muted">set all to</span>
          <input
            aria-label="Number that all elements of the part are set to"
            inputMode="decimal"
            className={`${FIELD} w-24 text-right`}
            value={all}
            onChange={(event) => setAll(event.target.value)}
          />
          <Button type="submit">Set</Button>
        </form>
      )}
      <p className="text-faint text-sm">Training goes on with what is set; Reset brings the initial values back.</p>
    </div>
  );
}
