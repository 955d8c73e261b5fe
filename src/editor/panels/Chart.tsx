import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { Curve } from '../../runtime/curve.ts';
import { formatFigure } from '../widgets/format.ts';
import { onTick } from '../widgets/tick.ts';

export interface Line {
  readonly label: string;
  readonly curve: () => Pick<Curve, 'points' | 'last'> | null;
  /** Name of a colour token. */
  readonly colour: string;
  readonly dashed?: boolean;
}

/** A step that something happened at. */
export interface Mark {
  readonly x: number;
  /** Written beside the dashed line; marks without one are plain and fainter. */
  readonly name?: string;
}

interface ChartProps {
  /** Must keep its identity from render to render. */
  readonly lines: readonly Line[];
  readonly logarithmic: boolean;
  readonly label: string;
  /** Asked for at every change; must keep its identity too. */
  readonly marks?: () => readonly Mark[];
}

type ReadColour = (name: string) => string;

/** Asking the page for a colour costs more than drawing a line in it, so that each is asked for once. */
function keepColours(): { readonly read: ReadColour; readonly forget: () => void } {
  const known = new Map<string, string>();
  return {
    read(name) {
      const colour = known.get(name) ?? getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
      known.set(name, colour);
      return colour;
    },
    forget: () => known.clear(),
  };
}

/** Curves of training by step, drawn by the clock and not by React. */
export function Chart({ lines, logarithmic, label, marks }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const colours = keepColours();
    const drawn = marks ? [(plot: uPlot) => drawMarks(plot, marks(), colours.read)] : [];
    const options = { ...optionsOf(lines, logarithmic, host, colours.read), hooks: { drawAxes: drawn } };
    const plot = new uPlot(options, dataOf(lines, logarithmic), host);
    let shown = endsOf(lines, marks);
    const stop = onTick(() => {
      // What else the hub learns of is not in these curves.
      const ends = endsOf(lines, marks);
      if (ends.length === shown.length && ends.every((end, at) => end === shown[at])) return;
      shown = ends;
      plot.setData(dataOf(lines, logarithmic));
    });
    const resize = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: host.clientHeight }));
    resize.observe(host);
    const theme = new MutationObserver(() => {
      colours.forget();
      plot.redraw(false, true);
    });
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      stop();
      resize.disconnect();
      theme.disconnect();
      plot.destroy();
    };
  }, [lines, logarithmic, marks]);
  return <div ref={box} role="img" aria-label={label} className="h-full min-h-0 w-full overflow-hidden" />;
}

/** The newest points, which are other objects where they are other ones, and places of marks. */
function endsOf(lines: readonly Line[], marks: ChartProps['marks']): readonly unknown[] {
  return [...lines.map(({ curve }) => curve()?.last ?? null), ...(marks?.() ?? []).map(({ x }) => x)];
}

function dataOf(lines: readonly Line[], logarithmic: boolean): uPlot.AlignedData {
  const tables = lines.map(({ curve }): uPlot.AlignedData => {
    const { x = [], y = [] } = curve()?.points() ?? {};
    // A logarithm has no place for zero, and nothing has one for NaN.
    const fits = (value: number) => Number.isFinite(value) && (!logarithmic || value > 0);
    return [Array.from(x), Array.from(y, (value) => (fits(value) ? value : null))];
  });
  return uPlot.join(tables);
}

function optionsOf(lines: readonly Line[], logarithmic: boolean, host: HTMLElement, colour: ReadColour): uPlot.Options {
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis: uPlot.Axis = {
    font,
    stroke: () => colour('faint'),
    grid: { stroke: () => colour('border'), width: 1, filter: (_, ticks) => (logarithmic ? decadesOf(ticks) : ticks) },
    ticks: { show: false },
    gap: 4,
  };
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [6, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: stepsOf }, y: logarithmic ? { distr: 3 } : { range: rangeOf } },
    axes: [
      { ...axis, size: 20, space: 56, grid: { show: false }, values: (_, ticks) => ticks.map(shortCount) },
      {
        ...axis,
        size: 40,
        space: 32,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : shortFigure(tick))),
      },
    ],
    series: [
      {},
      ...lines.map(
        ({ label, colour: name, dashed }): uPlot.Series => ({
          label,
          stroke: () => colour(name),
          width: 1.5,
          spanGaps: true,
          points: { show: false },
          ...(dashed ? { dash: [4, 3] } : {}),
        }),
      ),
    ],
  };
}

/** Upright lines, under the curves. */
function drawMarks(plot: uPlot, marks: readonly Mark[], colour: ReadColour): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  ctx.save();
  ctx.font = `${10 * devicePixelRatio}px ${getComputedStyle(plot.root).fontFamily}`;
  ctx.lineWidth = devicePixelRatio;
  for (const { x, name } of marks) {
    if (x < (min ?? 0) || x > (max ?? 0)) continue;
    const at = Math.round(plot.valToPos(x, 'x', true));
    ctx.strokeStyle = colour(name === undefined ? 'border' : 'control');
    ctx.setLineDash(name === undefined ? [] : [3 * devicePixelRatio, 2 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    if (!name) continue;
    const isRight = at > bbox.left + bbox.width / 2;
    ctx.fillStyle = colour('faint');
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.textBaseline = 'top';
    ctx.fillText(name, at + (isRight ? -4 : 4) * devicePixelRatio, bbox.top);
  }
  ctx.restore();
}

/** Before there is a curve, the first steps. */
function stepsOf(_: uPlot, low: number | null, high: number | null): [number, number] {
  return low === null || high === null || low === high ? [0, 100] : [low, high];
}

/** The lines of a logarithmic axis: powers of ten alone, unless there are too few of them in sight. */
function decadesOf(ticks: readonly number[]): (number | null)[] {
  const decades = ticks.map((tick) => (Number.isInteger(Number(Math.log10(tick).toFixed(9))) ? tick : null));
  return decades.filter((tick) => tick !== null).length > 1 ? decades : [...ticks];
}

/** A little air above and below; without data the unit interval. */
function rangeOf(_: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.05;
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
}

/** 1500 as `1.5k`. */
function shortCount(count: number): string {
  if (!Number.isInteger(count)) return '';
  if (count < 1000) return String(count);
  return count < 1e6 ? `${count / 1000}k` : `${count / 1e6}M`;
}

function shortFigure(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)
    ? formatFigure(value, 1)
    : String(Number(value.toPrecision(3)));
}
