import { useEffect, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { ProbeView } from '../../runtime/telemetry-hub.ts';
import { readColours } from '../canvas/paint-colours.ts';
import { type Brush, isScalar, paintCourse, paintPlanes, paintValue, statOf } from '../canvas/paint-strip.ts';
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { onTick } from '../widgets/tick.ts';

/** Values of a single number that are kept for its course. */
const COURSE = 200;

interface LivePictureProps {
  readonly node: NodeId;
  readonly port: string;
  readonly of: 'value' | 'gradient';
}

/** Histogram, image or course of what a port carries now, painted by the clock. */
export function LivePicture({ node, port, of }: LivePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const course: number[] = [];
    let shown = '';
    let version = -1;
    let last: ProbeView | null = null;
    return onTick(() => {
      const element = canvas.current;
      const look = `${element?.offsetWidth} ${window.devicePixelRatio} ${document.documentElement.dataset.theme}`;
      if (!element || (hub.version === version && look === shown)) return;
      version = hub.version;
      shown = look;
      const view = hub.view(node, of, port);
      if (!view || (last && view.step < last.step)) course.length = 0;
      if (view && view !== last && isScalar(view)) course.push(statOf(view, 'mean'));
      if (course.length > COURSE) course.shift();
      last = view;
      const brush = brushOf(element);
      if (brush) paint(brush, { node, of, view, course });
    });
  }, [node, port, of]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`Distribution of the ${of}`}
      className="-mx-1 mb-1 block h-16 w-[calc(100%+8px)]"
    />
  );
}

interface Painted {
  readonly node: NodeId;
  readonly of: 'value' | 'gradient';
  readonly view: ProbeView | null;
  readonly course: readonly number[];
}

function paint(brush: Brush, { node, of, view, course }: Painted) {
  const { document, check } = editor.document.getState();
  const op = document.graph.nodes[node]?.op ?? '';
  if (of === 'gradient' && !view?.pixels) return paintValue(brush, null, view, course);
  // The cost has a course over the whole of training.
  if (of === 'value' && node === check.cost) {
    const { training } = hub;
    return paintCourse(brush, training.points().y, view ? statOf(view, 'mean') : undefined, brush.colours.forward);
  }
  const signed = of === 'gradient' || editor.registry.get(op)?.kind === 'parameter';
  if (view?.pixels) return paintPlanes(brush, view, signed);
  return paintValue(brush, view, null, course);
}

/** The canvas cleared, with a pixel for each of the screen's. */
function brushOf(element: HTMLCanvasElement): Brush | null {
  const context = element.getContext('2d');
  if (!context) return null;
  const { offsetWidth: width, offsetHeight: height } = element;
  const scale = window.devicePixelRatio;
  element.width = Math.round(width * scale);
  element.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width, height, colours: readColours() };
}
