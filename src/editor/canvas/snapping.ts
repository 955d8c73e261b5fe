/** Where a moved rectangle lines up with others, and the lines that show it. */
import type { Rect } from './geometry.ts';

/** A line at `x` or `y` along all that lies on it. */
export interface Guide {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Snapped {
  readonly dx: number;
  readonly dy: number;
  readonly guides: readonly Guide[];
}

const SIZE = { x: 'width', y: 'height' } as const;
const ACROSS = { x: 'y', y: 'x' } as const;
/** Start, middle and end of a side. */
const PARTS = [0, 0.5, 1] as const;

const partOf = (rect: Rect, axis: 'x' | 'y', part: number) => rect[axis] + rect[SIZE[axis]] * part;

/** The smallest move along an axis that lines up starts, middles or ends; 0 where none is within reach. */
function shift(moving: Rect, others: readonly Rect[], axis: 'x' | 'y', reach: number): number | null {
  let best: number | null = null;
  for (const other of others) {
    for (const part of PARTS) {
      const distance = partOf(other, axis, part) - partOf(moving, axis, part);
      if (Math.abs(distance) <= reach && (best === null || Math.abs(distance) < Math.abs(best))) best = distance;
    }
  }
  return best;
}

function guidesAt(moved: Rect, others: readonly Rect[], axis: 'x' | 'y'): Guide[] {
  const across = ACROSS[axis];
  const found: Guide[] = [];
  for (const part of PARTS) {
    const at = partOf(moved, axis, part);
    const same = others.filter((other) => Math.abs(partOf(other, axis, part) - at) < 0.5);
    if (same.length === 0) continue;
    const all = [moved, ...same];
    found.push({
      axis,
      at,
      from: Math.min(...all.map((rect) => rect[across])),
      to: Math.max(...all.map((rect) => rect[across] + rect[SIZE[across]])),
    });
  }
  // Nodes of one size line up at all three; the middle alone says as much as the ends.
  return found.length === PARTS.length ? found.filter((_, at) => at !== 1) : found;
}

/** `reach` is in canvas pixels. */
export function snapRect(moving: Rect, others: readonly Rect[], reach: number): Snapped {
  const x = shift(moving, others, 'x', reach);
  const y = shift(moving, others, 'y', reach);
  const moved = { ...moving, x: moving.x + (x ?? 0), y: moving.y + (y ?? 0) };
  return {
    dx: x ?? 0,
    dy: y ?? 0,
    guides: [...(x === null ? [] : guidesAt(moved, others, 'x')), ...(y === null ? [] : guidesAt(moved, others, 'y'))],
  };
}
