import { useEffect, useRef, useState } from 'react';
import { elementName, parseElement } from '../explain/elements.ts';
import { editor } from '../store/editor.ts';
import { useWhole } from '../store/hooks.ts';
import { frames } from '../timeline/timeline-store.ts';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatCount } from '../widgets/format.ts';
import { HeatMap, type SurfaceData } from './HeatMap.tsx';
import { pathOf } from './path.ts';
import { type Begun, beginSurface, type ElementOf, type Plane, trainableSlots } from './surface.ts';

const FIELD = 'h-7 min-w-0 rounded-md border border-line bg-panel px-1.5';
const SIDES = [15, 25, 41] as const;

interface Shown {
  readonly data: SurfaceData;
  readonly labels: readonly [string, string];
  readonly step: number;
}

type Slots = ReturnType<typeof trainableSlots>;

/** The two first elements there are. */
function firstElements(slots: Slots): readonly [ElementOf, ElementOf] {
  const [a = { slot: '', shape: [] }, b] = slots;
  const single = a.shape.every((size) => size === 1);
  return [
    { slot: a.slot, element: 0 },
    single && b ? { slot: b.slot, element: 0 } : { slot: a.slot, element: single ? 0 : 1 },
  ];
}

/** The loss over a plane through the parameters. */
export function SurfaceTab() {
  const graph = useWhole((state) => state.document.graph);
  const [slots, setSlots] = useState<Slots>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: parameters are those of the graph
  useEffect(() => setSlots(trainableSlots(editor)), [graph]);
  const few = slots.length > 0 && slots.every(({ shape }) => shape.reduce((all, dim) => all * dim, 1) <= 2);
  const [chosen, setChosen] = useState<Plane['kind'] | null>(null);
  const kind = chosen ?? (few ? 'elements' : 'random');
  const [elements, setElements] = useState<readonly [ElementOf, ElementOf] | null>(null);
  const [side, setSide] = useState<number>(25);
  const [radius, setRadius] = useState('1');
  const [seed, setSeed] = useState(1);
  const [lines, setLines] = useState<number | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef<Begun | null>(null);
  const asked = useRef(0);
  useEffect(() => () => running.current?.cancel(), []);
  const [first, second] = elements ?? firstElements(slots);

  const stop = () => {
    asked.current++;
    running.current?.cancel();
    running.current = null;
    setLines(null);
  };
  const run = async (from: number) => {
    stop();
    const mine = asked.current;
    const number = Number(radius);
    if (!(number > 0)) return setProblem('The range has to be above 0.');
    setProblem(null);
    setLines(0);
    const plane: Plane =
      kind === 'random' ? { kind, seed: from, radius: number } : { kind, x: first, y: second, radius: number };
    try {
      const begun = await beginSurface(editor, {
        plane,
        side,
        onLine: (done) => asked.current === mine && setLines(done),
      });
      if (asked.current !== mine) return begun?.cancel();
      if (!begun) throw new Error('Nothing is minimized: there is no loss to look at.');
      running.current = begun;
      const losses = await begun.done;
      if (asked.current !== mine) return;
      const [x, y] = begun.at;
      const data = {
        losses,
        xs: Array.from(begun.xs, (value) => value + x),
        ys: Array.from(begun.ys, (value) => value + y),
        path: plane.kind === 'elements' ? pathOf(editor, frames.moments(''), plane.x, plane.y) : [],
      };
      const labels =
        plane.kind === 'elements'
          ? ([nameOf(plane.x, slots), nameOf(plane.y, slots)] as const)
          : (['direction 1', 'direction 2'] as const);
      setShown({ data, labels, step: begun.step });
    } catch (error) {
      if (asked.current === mine) setProblem(error instanceof Error ? error.message : String(error));
    }
    if (asked.current === mine) setLines(null);
  };
  if (slots.length === 0) return <p className="p-4 text-muted">There is no parameter to move.</p>;
  return (
    <div className="grid gap-x-8 gap-y-3 p-4 @2xl:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap gap-1">
          <Choice kind="framed" pressed={kind === 'random'} onClick={() => setChosen('random')}>
            Random directions
          </Choice>
          <Choice kind="framed" pressed={kind === 'elements'} onClick={() => setChosen('elements')}>
            Two parameters
          </Choice>
        </div>
        {kind === 'elements' ? (
          <>
            <ElementChoice
              label="across"
              slots={slots}
              value={first}
              onChange={(next) => setElements([next, second])}
            />
            <ElementChoice label="up" slots={slots} value={second} onChange={(next) => setElements([first, next])} />
          </>
        ) : (
          <p className="text-muted text-sm">
            Two directions through all parameters, filter by filter as large as the filter; biases stay.
          </p>
        )}
        <label className="flex items-center gap-2">
          <span className="w-16 text-muted">range ±</span>
          <input
            inputMode="decimal"
            className={`${FIELD} w-20 text-right`}
            value={radius}
            onChange={(event) => setRadius(event.target.value)}
          />
        </label>
        <label className="flex items-center gap-2">
          <span className="w-16 text-muted">points</span>
          <select className={FIELD} value={side} onChange={(event) => setSide(Number(event.target.value))}>
            {SIDES.map((each) => (
              <option key={each} value={each}>
                {each} × {each}
              </option>
            ))}
          </select>
        </label>
        <div className="flex flex-wrap gap-2">
          {lines === null ? (
            <Button onClick={() => void run(seed)}>Compute</Button>
          ) : (
            <Button onClick={stop}>Cancel</Button>
          )}
          {kind === 'random' && lines === null && (
            <Button
              kind="quiet"
              onClick={() => {
                setSeed(seed + 1);
                void run(seed + 1);
              }}
            >
              Other directions
            </Button>
          )}
        </div>
        <p role="status" className="min-h-6 text-muted">
          {lines !== null ? `Line ${formatCount(lines)} of ${formatCount(side)}…` : ''}
        </p>
        {problem && <p className="text-error">{problem}</p>}
        <p className="text-faint text-sm">On the batch of the last step, in a worker of its own: training goes on.</p>
      </div>
      {shown && (
        <div>
          <p className="mb-1 text-muted">After step {formatCount(shown.step)}; the dot is where training is.</p>
          <HeatMap data={shown.data} labels={shown.labels} />
        </div>
      )}
    </div>
  );
}

function nameOf({ slot, element }: ElementOf, slots: Slots): string {
  const shape = slots.find((each) => each.slot === slot)?.shape ?? [];
  return shape.every((size) => size === 1) ? slot : `${slot}${elementName(element, shape).replaceAll(' ', '')}`;
}

interface ElementChoiceProps {
  readonly label: string;
  readonly slots: Slots;
  readonly value: ElementOf;
  readonly onChange: (value: ElementOf) => void;
}

function ElementChoice({ label, slots, value, onChange }: ElementChoiceProps) {
  const shape = slots.find(({ slot }) => slot === value.slot)?.shape ?? [];
  const name = elementName(value.element, shape);
  const [text, setText] = useState<string | null>(null);
  const commit = () => {
    const element = parseElement(text ?? name, shape);
    if (element !== null) onChange({ ...value, element });
    setText(null);
  };
  return (
    <div className="flex items-center gap-2">
      <span className="w-16 text-muted">{label}</span>
      <select
        aria-label={`Parameter ${label}`}
        className={`${FIELD} flex-1`}
        value={value.slot}
        onChange={(event) => onChange({ slot: event.target.value, element: 0 })}
      >
        {slots.map(({ slot }) => (
          <option key={slot} value={slot}>
            {slot}
          </option>
        ))}
      </select>
      {shape.some((size) => size > 1) && (
        <input
          aria-label={`Element ${label}`}
          className={`${FIELD} w-20 font-mono`}
          value={text ?? name}
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      )}
    </div>
  );
}
