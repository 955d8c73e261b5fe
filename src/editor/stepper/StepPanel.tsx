import { useState } from 'react';
import { useStore } from 'zustand/react';
import type { Stop, WalkTensor } from '../../compiler/questions/walk.ts';
import { paused } from '../breakpoints/breakpoint-store.ts';
import { elementName, parseElement } from '../explain/elements.ts';
import { explainHere } from '../explain/explain-store.ts';
import { gradientNote } from '../inspector/gradient-note.ts';
import { Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useDocumentState, useFlatNodes, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Formula } from '../widgets/Formula.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { StepTensor } from './StepTensor.tsx';
import { numbersOf, PHASES, type Stepping, stepper } from './stepper-store.ts';
import { workedExample } from './worked.ts';

const COLOURS = { forward: 'text-forward', backward: 'text-backward', update: 'text-update' } as const;
const TAKES = { forward: 'It gets', backward: 'Gradient that comes in', update: 'Before' } as const;
const GIVES = { forward: 'It gives', backward: 'What it hands back', update: 'After' } as const;

/** The node that one is at in a step: what it gets, its rule, and what it gives. */
export function StepPanel() {
  const { now, loading, problem } = useStore(stepper);
  if (problem) {
    return (
      <Section title="Step through nodes">
        <p className="text-error">{problem}</p>
      </Section>
    );
  }
  const stop = now?.walk.stops[now.at];
  if (!now || !stop) return loading ? <Section title="Step through nodes">Reading the numbers…</Section> : null;
  return <StopView now={now} stop={stop} />;
}

function StopView({ now, stop }: { readonly now: Stepping; readonly stop: Stop }) {
  const { phase, node, takes } = stop;
  const drawn = useFlatNodes()[node];
  const by = useWhole((state) => state.check.updates.get(node));
  const optimizer = useFlatNodes()[by ?? ''];
  const record = editor.registry.get((phase === 'update' ? optimizer?.op : undefined) ?? drawn?.op ?? '');
  const rule = phase === 'backward' ? record?.doc.gradient : record?.doc.formula;
  const note = phase === 'backward' && record ? gradientNote(record) : null;
  return (
    <section aria-label="The node of the step" data-stop={now.at} data-phase={phase}>
      <Section>
        <p className="text-faint text-sm">
          Step {formatCount(now.step)}, node {formatCount(now.at + 1)} of {formatCount(now.walk.stops.length)}
        </p>
        <h2 className={`break-words font-semibold text-lg ${COLOURS[phase]}`}>
          {PHASES[phase]}: {drawn?.name ?? node}
        </h2>
        <p className="text-muted">
          {phase === 'update' && optimizer ? `changed by ${optimizer.name} (${optimizer.op})` : record?.name}
        </p>
        {rule && <Formula tex={rule} className={`mt-1.5 text-lg ${COLOURS[phase]}`} />}
        {note && <p className="text-muted">{note}</p>}
      </Section>
      {takes.length > 0 && (
        <Section title={TAKES[phase]}>
          <Tensors now={now} tensors={takes} />
        </Section>
      )}
      <Section title={GIVES[phase]}>
        <Gives key={now.at} now={now} stop={stop} op={record?.name ?? ''} attributes={drawn?.attributes ?? {}} />
      </Section>
      {phase === 'backward' && <Explain node={node} />}
    </section>
  );
}

function Tensors({ now, tensors }: { readonly now: Stepping; readonly tensors: readonly WalkTensor[] }) {
  return (
    <div className="flex flex-col gap-2">
      {tensors.map((tensor) => (
        <StepTensor key={tensor.label + tensor.output} tensor={tensor} numbers={numbersOf(now, tensor)} />
      ))}
    </div>
  );
}

interface GivesProps {
  readonly now: Stepping;
  readonly stop: Stop;
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What comes out, and how one element of it comes about. */
function Gives({ now, stop, op, attributes }: GivesProps) {
  const { phase, takes, gives } = stop;
  const [first] = gives;
  const numbers = first ? numbersOf(now, first) : new Float32Array(0);
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  const stopped = useStore(paused, ({ hit }) =>
    phase === 'forward' && hit?.tensor?.node === stop.node && hit.tensor.of === 'value' ? hit.index : null,
  );
  const [element, setElement] = useState(Math.min(Math.max(0, stopped ?? bad), Math.max(0, numbers.length - 1)));
  const [text, setText] = useState<string | null>(null);
  if (!first) return null;
  const operands = takes.map((tensor) => ({ ...tensor, numbers: numbersOf(now, tensor) }));
  const worked = phase === 'forward' ? workedExample(op, attributes, operands, first.shape, element) : null;
  const name = elementName(element, first.shape);
  const commit = () => {
    const next = parseElement(text ?? name, first.shape);
    if (next !== null && next < numbers.length) setElement(next);
    setText(null);
  };
  return (
    <>
      <div className="flex flex-col gap-2">
        {gives.map((tensor, index) => (
          <StepTensor
            key={tensor.label + tensor.output}
            tensor={tensor}
            numbers={numbersOf(now, tensor)}
            {...(worked !== null && index === 0 && { element })}
          />
        ))}
      </div>
      {worked !== null && (
        <p className="mt-2 flex flex-wrap items-center gap-x-1.5">
          {first.shape.length > 0 && (
            <input
              aria-label="Element that is worked out"
              className="h-6 w-20 rounded-md border border-line bg-panel px-1.5 font-mono text-sm"
              value={text ?? name}
              onChange={(event) => setText(event.target.value)}
              onBlur={commit}
              onKeyDown={(event) => event.key === 'Enter' && commit()}
            />
          )}
          <span>= {worked}</span>
          <span className="font-medium">= {formatFigure(numbers[element], 4)}</span>
        </p>
      )}
    </>
  );
}

/** From what a node hands back to how it comes about, element by element. */
function Explain({ node }: { readonly node: string }) {
  const path = useDocumentState((state) => state.path);
  const here = useDocumentState((state) => state.document.graph.nodes[node]);
  if (!here || path.length > 0) return null;
  const [port] = editor.registry.get(here.op)?.inputs ?? [];
  const source = Object.values(editor.document.getState().document.graph.edges).find(
    ({ target }) => target.node === node && target.port === port?.name,
  )?.source;
  if (!source) return null;
  return (
    <Section>
      <Button onClick={() => explainHere(editor, source.node, source.port)}>Explain it element by element</Button>
    </Section>
  );
}
