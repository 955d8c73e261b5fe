/** Dots that move along the wires in sight while training runs: at a constant speed, which says nothing about its own. */

import { lengthOf, type Piece, pointAt, type Route, routeBounds } from './curves.ts';
import { overlaps, type Rect } from './geometry.ts';
import type { Colours } from './paint-colours.ts';
import type { MovingLayer } from './painter.ts';
import type { NodeRole } from './roles.ts';

export interface Stream {
  readonly pieces: readonly { readonly piece: Piece; readonly length: number }[];
  readonly bounds: Rect;
  readonly role: NodeRole;
}

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** More moving wires than these say nothing more, and cost. */
const STREAMS = 200;
/** Canvas pixels. */
const SPACING = 36;
const RADIUS = 2.2;
const SPEED = 36;
/** Seen from farther away, a dot is no pixel. */
export const VISIBLE_ZOOM = 0.25;

export function makeStream(route: Route, role: NodeRole): Stream {
  return { pieces: route.map((piece) => ({ piece, length: lengthOf(piece) })), bounds: routeBounds(route), role };
}

export interface Scene {
  readonly streams: readonly Stream[];
  /** Nodes and labels of wires: what flows goes on behind them. */
  readonly covers: readonly Rect[];
}

export interface ParticleSource {
  readonly element: () => HTMLCanvasElement | null;
  readonly isActive: () => boolean;
  readonly scene: () => Scene;
  readonly viewport: () => Viewport;
}

function clear(element: HTMLCanvasElement | null) {
  const context = element?.getContext('2d');
  // What was painted last left its own transform.
  context?.setTransform(1, 0, 0, 1, 0, 0);
  if (element) context?.clearRect(0, 0, element.width, element.height);
}

export function createParticles({ element, isActive, scene, viewport }: ParticleSource): MovingLayer {
  function paint(now: number, colours: Colours) {
    const canvas = element();
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const scale = window.devicePixelRatio;
    const width = canvas.offsetWidth;
    const height = canvas.offsetHeight;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    clear(canvas);
    const { x, y, zoom } = viewport();
    context.setTransform(scale * zoom, 0, 0, scale * zoom, scale * x, scale * y);
    const sight = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
    const phase = ((now / 1000) * SPEED) % SPACING;
    const { streams, covers } = scene();
    let left = STREAMS;
    for (const { pieces, bounds, role } of streams) {
      if (!overlaps(bounds, sight)) continue;
      if (left-- === 0) break;
      context.fillStyle = colours[role];
      context.beginPath();
      let along = phase;
      for (const { piece, length } of pieces) {
        for (; along < length; along += SPACING) {
          const point = pointAt(piece, along / length);
          context.moveTo(point.x + RADIUS, point.y);
          context.arc(point.x, point.y, RADIUS, 0, 2 * Math.PI);
        }
        along -= length;
      }
      context.fill();
    }
    for (const rect of covers) {
      if (overlaps(rect, sight)) context.clearRect(rect.x, rect.y, rect.width, rect.height);
    }
  }
  return { isActive, paint, clear: () => clear(element()) };
}
