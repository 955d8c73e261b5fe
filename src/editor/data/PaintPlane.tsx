import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatAmount } from '../widgets/format.ts';
import { drafts, readSource } from './dialog-store.ts';

/** Classes are told apart by shape as well as by shade. */
const SHAPES = ['●', '▲', '■', '✚'] as const;
const NAMES = ['A', 'B', 'C', 'D'] as const;
const SIZE = 240;
const STEP = 0.05;
/** Between two points of one stroke, in the units of the plane. */
const SPACING = 0.08;

type Point = readonly [x: number, y: number, kind: number];

const setPoints = (change: (old: readonly Point[]) => readonly Point[]) =>
  drafts.setState(({ points }) => ({ points: change(points) }));

const round = (value: number) => Math.round(Math.min(1, Math.max(-1, value)) * 1000) / 1000;
const toPixel = ([x, y]: Point) => ({ left: ((x + 1) / 2) * SIZE, top: ((1 - y) / 2) * SIZE });

/** Points of up to four classes, painted on a plane from -1 to 1 by pointer or by arrow keys and Enter. */
export function PaintPlane() {
  const [kind, setKind] = useState(0);
  const points = drafts((state) => state.points);
  const [cursor, setCursor] = useState<readonly [number, number]>([0, 0]);
  const plane = useRef<SVGSVGElement>(null);

  const add = (x: number, y: number) => {
    const point: Point = [round(x), round(y), kind];
    setCursor([point[0], point[1]]);
    setPoints((old) => {
      const last = old.at(-1);
      const isClose = last && last[2] === kind && Math.hypot(last[0] - point[0], last[1] - point[1]) < SPACING;
      return isClose ? old : [...old, point];
    });
  };
  const paint = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return;
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    add((2 * (event.clientX - left)) / width - 1, 1 - (2 * (event.clientY - top)) / height);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 4 * STEP : STEP;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const move = moves[event.key];
    if (move) setCursor(([x, y]) => [round(x + move[0]), round(y + move[1])]);
    else if (event.key === 'Enter' || event.key === ' ') add(...cursor);
    else if (event.key === 'Backspace') setPoints((old) => old.slice(0, -1));
    else if (/^[1-4]$/.test(event.key)) setKind(Number(event.key) - 1);
    else return;
    event.preventDefault();
  };
  const counts = NAMES.map((_, of) => points.filter((point) => point[2] === of).length);
  const enough = counts.filter((count) => count >= 2).length >= 2;
  const at = toPixel([...cursor, kind]);

  return (
    <section aria-label="Paint points">
      <h3 className="mb-1 font-medium">Paint points</h3>
      <div className="mb-1 flex gap-1">
        {SHAPES.map((shape, of) => (
          <Choice key={shape} kind="framed" pressed={of === kind} onClick={() => setKind(of)}>
            {shape} {NAMES[of]} <span className="text-faint">{counts[of]}</span>
          </Choice>
        ))}
      </div>
      <svg
        ref={plane}
        role="application"
        aria-label={`A plane from −1 to 1 with ${formatAmount(points.length, 'point')}. Arrow keys move, Enter adds a point of class ${NAMES[kind]}, digits choose the class, Backspace takes the last point back.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is painted on by keys, too
        tabIndex={0}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        className="block aspect-square w-full max-w-60 touch-none rounded-md border border-line-strong bg-bg"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          paint(event);
        }}
        onPointerMove={paint}
        onKeyDown={press}
      >
        <path d={`M${SIZE / 2} 0V${SIZE}M0 ${SIZE / 2}H${SIZE}`} className="stroke-line" fill="none" />
        {points.map((point, number) => {
          const { left, top } = toPixel(point);
          return (
            <text
              // biome-ignore lint/suspicious/noArrayIndexKey: points are only added and taken from the end
              key={number}
              x={left}
              y={top}
              fontSize={11}
              textAnchor="middle"
              dominantBaseline="central"
              className={point[2] % 2 === 0 ? 'fill-ink' : 'fill-muted'}
            >
              {SHAPES[point[2]]}
            </text>
          );
        })}
        <path
          d={`M${at.left - 6} ${at.top}h12M${at.left} ${at.top - 6}v12`}
          className="stroke-line-strong"
          fill="none"
        />
      </svg>
      <div className="mt-1 flex gap-2">
        <Button disabled={!enough} onClick={() => void readSource({ kind: 'points', points: points.flat() })}>
          Use these points
        </Button>
        <Button kind="quiet" disabled={points.length === 0} onClick={() => setPoints(() => [])}>
          Clear
        </Button>
      </div>
    </section>
  );
}
