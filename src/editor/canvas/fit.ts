/** Where on the canvas a graph is fitted: beside or above what floats over it, whichever leaves it larger. */
import type { Rect, Size } from './geometry.ts';

export interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Of the canvas, in pixels: below it panels are sheets. */
const NARROW = 640;
/** From here on the plots are beside the transport bar, not above it. */
const WIDE = 896;

const BASE: Padding = { top: 40, right: 36, bottom: 112, left: 36 };
const NARROW_BASE: Padding = { top: 64, right: 16, bottom: 128, left: 16 };

function zoomWithin({ top, right, bottom, left }: Padding, canvas: Size, graph: Rect): number {
  const width = Math.max(1, canvas.width - left - right);
  const height = Math.max(1, canvas.height - top - bottom);
  return Math.min(width / Math.max(1, graph.width), height / Math.max(1, graph.height));
}

export function fitPadding(canvas: Size, graph: Rect, plotsShown: boolean): Padding {
  if (canvas.width < NARROW && !plotsShown) return NARROW_BASE;
  if (!plotsShown) return BASE;
  const above: Padding = { ...BASE, bottom: canvas.width < WIDE ? 252 : 212 };
  const beside: Padding = { ...BASE, left: 260 };
  return zoomWithin(above, canvas, graph) >= zoomWithin(beside, canvas, graph) ? above : beside;
}
