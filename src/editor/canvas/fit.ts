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
/** From here on the map is shown, as canvas.css has it. */
const MAPPED = 820;
/** From here on the plots are beside the transport bar, not above it. */
const WIDE = 896;

const BASE: Padding = { top: 40, right: 36, bottom: 112, left: 36 };
const NARROW_BASE: Padding = { top: 64, right: 16, bottom: 128, left: 16 };
/** Room to the right that the map takes from what is not above it. */
const MAP_RIGHT = 188;
const MAP_BOTTOM = 180;

function zoomWithin({ top, right, bottom, left }: Padding, canvas: Size, graph: Rect): number {
  const width = Math.max(1, canvas.width - left - right);
  const height = Math.max(1, canvas.height - top - bottom);
  return Math.min(width / Math.max(1, graph.width), height / Math.max(1, graph.height));
}

export function fitPadding(canvas: Size, graph: Rect, plotsShown: boolean): Padding {
  if (canvas.width < NARROW && !plotsShown) return NARROW_BASE;
  const mapped = canvas.width > MAPPED;
  const right = mapped ? MAP_RIGHT : BASE.right;
  const above: Padding = plotsShown
    ? { ...BASE, bottom: canvas.width < WIDE ? 252 : 212 }
    : { ...BASE, bottom: mapped ? MAP_BOTTOM : BASE.bottom };
  const beside: Padding = plotsShown ? { ...BASE, left: 260, right } : { ...BASE, right };
  return zoomWithin(above, canvas, graph) >= zoomWithin(beside, canvas, graph) ? above : beside;
}
