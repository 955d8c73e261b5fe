/**
 * What a node's strip shows: images of data and features in grey, of weights from orange (negative) to blue (positive);
 * the course of a single number; otherwise the histogram of the value standing on that of its gradient.
 */
import { PROBE_STATS } from '../../compiler/plan.ts';
import type { ProbeView } from '../../runtime/telemetry-hub.ts';
import { formatFigure } from '../widgets/format.ts';
import type { Colours } from './paint-colours.ts';

export interface Brush {
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

const PAD = 4;

export function statOf({ stats }: ProbeView, name: (typeof PROBE_STATS)[number]): number {
  return stats[PROBE_STATS.indexOf(name)] ?? 0;
}

export function isScalar({ entry }: ProbeView): boolean {
  return entry.shape.every((size) => size === 1);
}

/** Bars from `base` upwards, or downwards for a negative height. */
function paintBars({ context, width }: Brush, fractions: Float32Array, base: number, height: number, colour: string) {
  const highest = Math.max(...fractions);
  if (!(highest > 0)) return;
  const step = (width - 2 * PAD) / fractions.length;
  context.fillStyle = colour;
  for (const [index, fraction] of fractions.entries()) {
    // A bin that is not empty shows, however few values it has.
    const size = fraction > 0 ? Math.max(1, Math.abs(height) * (fraction / highest)) : 0;
    context.fillRect(PAD + index * step, height > 0 ? base - size : base, Math.max(1, step - 1), size);
  }
}

function paintBaseline({ context, width, colours }: Brush, y: number) {
  context.fillStyle = colours.border;
  context.fillRect(PAD, Math.round(y), width - 2 * PAD, 1);
}

export function paintTwin(brush: Brush, value: ProbeView | null, gradient: ProbeView | null) {
  const { height, colours } = brush;
  const both = value !== null && gradient !== null;
  const base = both ? Math.round(height * 0.58) : height - PAD;
  if (value) paintBars(brush, value.histogram, base, base - PAD, colours.forward);
  if (gradient && both) paintBars(brush, gradient.histogram, base + 1, -(height - base - PAD), colours.backward);
  if (gradient && !both) paintBars(brush, gradient.histogram, base, base - PAD, colours.backward);
  paintBaseline(brush, base);
}

/** The course of a number with its latest value. Values that are no numbers any more leave gaps. */
export function paintCourse(brush: Brush, course: ArrayLike<number>, last: number | undefined, colour: string) {
  const { context, width, height, colours } = brush;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < course.length; at++) {
    const value = course[at] as number;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low || 1;
  const top = PAD + 12;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.beginPath();
  let isOpen = false;
  for (let at = 0; at < course.length; at++) {
    const value = course[at] as number;
    const x = PAD + (at / Math.max(1, course.length - 1)) * (width - 2 * PAD);
    const y = height - PAD - ((value - low) / range) * (height - PAD - top);
    if (Number.isFinite(value) && isOpen) context.lineTo(x, y);
    else if (Number.isFinite(value)) context.moveTo(x, y);
    isOpen = Number.isFinite(value);
  }
  context.stroke();
  if (last === undefined) return;
  context.font = colours.font;
  context.textAlign = 'right';
  context.textBaseline = 'top';
  context.fillStyle = colours.text;
  context.fillText(formatFigure(last), width - PAD, PAD - 1);
}

/** Columns of equally large planes that use the room best. */
function gridColumns(count: number, width: number, height: number, room: { width: number; height: number }): number {
  let best = 1;
  let bestScale = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const scale = Math.min(room.width / (columns * (width + 1)), room.height / (rows * (height + 1)));
    if (scale > bestScale) {
      bestScale = scale;
      best = columns;
    }
  }
  return best;
}

type Shade = (value: number) => readonly [number, number, number];

function mix(a: readonly [number, number, number], b: readonly [number, number, number], t: number) {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t] as const;
}

function grey(pixels: Float32Array, { rgb }: Colours): Shade {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of pixels) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low || 1;
  return (value) => mix(rgb.node, rgb.text, (value - low) / range);
}

function diverging(pixels: Float32Array, { rgb }: Colours): Shade {
  let size = 0;
  for (const value of pixels) size = Math.max(size, Math.abs(value));
  return (value) => {
    const t = size > 0 ? value / size : 0;
    return mix(rgb.node, t < 0 ? rgb.backward : rgb.forward, Math.sqrt(Math.abs(t)));
  };
}

/** Planes beside each other, enlarged without smoothing. One plane of weights fills the strip. */
export function paintPlanes(brush: Brush, { entry, pixels }: ProbeView, isSigned: boolean) {
  const { context, width, height, colours } = brush;
  const image = entry.image;
  if (!image || !pixels) return;
  const { count, height: rows, width: columns } = image;
  const room = { width: width - 2 * PAD, height: height - 2 * PAD };
  const across = gridColumns(count, columns, rows, room);
  const down = Math.ceil(count / across);
  const sheet = new OffscreenCanvas(across * (columns + 1) - 1, down * (rows + 1) - 1);
  const target = sheet.getContext('2d');
  if (!target) return;
  const shade = (isSigned ? diverging : grey)(pixels, colours);
  for (let plane = 0; plane < count; plane++) {
    const data = target.createImageData(columns, rows);
    for (let at = 0; at < rows * columns; at++) {
      data.data.set(shade(pixels[plane * rows * columns + at] ?? 0), 4 * at);
      data.data[4 * at + 3] = 255;
    }
    target.putImageData(data, (plane % across) * (columns + 1), Math.floor(plane / across) * (rows + 1));
  }
  const fit = Math.min(room.width / sheet.width, room.height / sheet.height);
  const fills = isSigned && count === 1;
  const paintedWidth = fills ? room.width : sheet.width * fit;
  const paintedHeight = fills ? room.height : sheet.height * fit;
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, (width - paintedWidth) / 2, (height - paintedHeight) / 2, paintedWidth, paintedHeight);
}

const SMALLEST_CHANGE = 1e-7;
const LARGEST_CHANGE = 1e-2;

/**
 * A green line whose length is the logarithm of a parameter's relative change a step. It is measured by the norm,
 * so it is never longer than the true change.
 */
export function paintChange({ context, width, height, colours }: Brush, change: number) {
  if (!(change > SMALLEST_CHANGE)) return;
  const part = Math.min(1, Math.log(change / SMALLEST_CHANGE) / Math.log(LARGEST_CHANGE / SMALLEST_CHANGE));
  context.fillStyle = colours.update;
  context.fillRect(PAD, height - 2, (width - 2 * PAD) * part, 2);
}

/** Shares from which on it is told. */
const TOLD = { saturated: 0.1, dead: 0.02 } as const;

/** `38% saturated`; null where an activation is well. */
function healthText({ entry, health }: ProbeView): string | null {
  if (!entry.health || health === null || !(health >= TOLD[entry.health.kind])) return null;
  return `${Math.round(100 * health)}% ${entry.health.kind}`;
}

/** On a patch of its own, so that it can be read over bars and pictures. */
function paintHealth({ context, width, colours }: Brush, view: ProbeView) {
  const text = healthText(view);
  if (text === null) return;
  context.font = colours.font;
  context.textAlign = 'right';
  context.textBaseline = 'top';
  const room = context.measureText(`▲ ${text}`).width + 4;
  context.globalAlpha = 0.85;
  context.fillStyle = colours.node;
  context.fillRect(width - PAD - room, 1, room + 2, 14);
  context.globalAlpha = 1;
  context.fillStyle = colours.warning;
  context.fillText(`▲ ${text}`, width - PAD, 2);
}

/** A value above its gradient; an image or the course of a number where that says more. */
export function paintValue(
  brush: Brush,
  value: ProbeView | null,
  gradient: ProbeView | null,
  course: readonly number[],
) {
  const main = value ?? gradient;
  if (!main) return;
  if (isScalar(main)) paintCourse(brush, course, course.at(-1), value ? brush.colours.forward : brush.colours.backward);
  else if (value?.pixels) paintPlanes(brush, value, false);
  else paintTwin(brush, value, gradient);
  if (value) paintHealth(brush, value);
}
