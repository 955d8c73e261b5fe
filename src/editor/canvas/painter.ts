/**
 * Paints everything on the canvas that changes while training runs. One animation-frame loop, at most 30 frames a second,
 * draws the strips of the nodes in sight and moving layers such as the flow along wires. React takes no part in it: a
 * frame of telemetry never renders a component.
 */
import type { NodeId } from '../../compiler/document.ts';
import type { ProbeView, TelemetryHub } from '../../runtime/telemetry-hub.ts';
import { type Colours, readColours } from './paint-colours.ts';
import { type Brush, isScalar, paintChange, paintCourse, paintPlanes, paintValue, statOf } from './paint-strip.ts';

/** `value`: the value above its gradient; `parameter`: with its change; `gradient`: the gradient alone. */
export type StripVariant = 'value' | 'parameter' | 'gradient';

export interface Strip {
  readonly element: HTMLCanvasElement;
  readonly node: NodeId;
  /** Null for the node's first output. */
  readonly port: string | null;
  readonly variant: StripVariant;
}

/** Something that moves by itself as long as it is active. */
export interface MovingLayer {
  isActive(): boolean;
  paint(now: number, colours: Colours): void;
  /** Called once when it stops being active. */
  clear(): void;
}

export interface Painter {
  register(strip: Strip): () => void;
  addLayer(layer: MovingLayer): () => void;
  /** Paints everything again: after a change of theme or zoom, or when a layer may have become active. */
  refresh(): void;
  /** Nodes whose strips are in sight. */
  nodesInSight(): readonly NodeId[];
  /** Calls `listener` when strips have come into sight or gone out of it, until what is returned is called. */
  onSight(listener: () => void): () => void;
  /** Strips painted since the start; for measurements. */
  painted(): number;
}

const FRAME_MS = 1000 / 30;
/** Where nothing is to move, strips are still pictures that change so often at most. */
const STILL_MS = 2000;
/** Values kept for the course of a single number. */
const COURSE = 120;

interface StripState extends Strip {
  readonly course: number[];
  /** The view that the course ends with. */
  last: ProbeView | null;
  change: number;
  visible: boolean;
  /** What is on the screen; undefined asks for paint. */
  shown: readonly unknown[] | undefined;
}

export interface PainterOptions {
  readonly hub: Pick<TelemetryHub, 'view' | 'subscribe' | 'training'>;
  /** The node whose strip shows the loss of every step. */
  readonly cost: () => NodeId | null;
  /** Motion is off. */
  readonly isStill?: () => boolean;
}

export function createPainter({ hub, cost, isStill }: PainterOptions): Painter {
  const strips = new Map<Element, StripState>();
  const layers = new Map<MovingLayer, { active: boolean }>();
  const sightListeners = new Set<() => void>();
  let colours: Colours | null = null;
  let pending = false;
  let lastTime = Number.NEGATIVE_INFINITY;
  let painted = 0;
  let lastStrips = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  /** Pictures that stand still are renewed now and then. */
  function later(milliseconds: number) {
    if (waiting !== undefined) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      schedule();
    }, milliseconds);
  }

  const observer =
    typeof IntersectionObserver === 'undefined'
      ? null
      : new IntersectionObserver((entries) => {
          for (const { target, isIntersecting } of entries) {
            const strip = strips.get(target);
            if (strip) strip.visible = isIntersecting;
          }
          for (const listener of sightListeners) listener();
          schedule();
        });

  function schedule() {
    if (pending || document.hidden) return;
    pending = true;
    requestAnimationFrame(tick);
  }

  function tick(now: number) {
    pending = false;
    if (now - lastTime < FRAME_MS - 2) return schedule();
    lastTime = now;
    const rest = isStill?.() ? STILL_MS - (now - lastStrips) : 0;
    if (rest > 0) later(rest);
    else lastStrips = now;
    colours ??= readColours();
    for (const strip of strips.values()) {
      if (strip.visible && (rest <= 0 || !strip.shown)) paintStrip(strip, colours);
    }
    let moving = false;
    for (const [layer, state] of layers) {
      if (layer.isActive()) {
        layer.paint(now, colours);
        moving = true;
        state.active = true;
      } else if (state.active) {
        layer.clear();
        state.active = false;
      }
    }
    if (moving) schedule();
  }

  function paintStrip(strip: StripState, theme: Colours) {
    const { node, port, variant } = strip;
    const value = variant === 'gradient' ? null : hub.view(node, 'value', port ?? undefined);
    const gradient = hub.view(node, 'gradient', port ?? undefined);
    const loss = variant === 'value' && node === cost() ? hub.training.last : null;
    const shows = [value, gradient, loss];
    if (strip.shown && shows.every((item, index) => item === strip.shown?.[index])) return;
    const brush = prepare(strip.element, theme);
    if (!brush) return;
    strip.shown = shows;
    painted++;
    const signed = variant === 'gradient' ? gradient : variant === 'parameter' ? value : null;
    if (loss) paintCourse(brush, hub.training.points().y, loss.y, theme.forward);
    else if (signed?.pixels) paintPlanes(brush, signed, true);
    else paintValue(brush, value, gradient, strip.course);
    if (variant === 'parameter') paintChange(brush, strip.change);
  }

  /** Courses and changes go on while a node is out of sight. */
  function follow(strip: StripState) {
    const view = hub.view(strip.node, strip.variant === 'gradient' ? 'gradient' : 'value', strip.port ?? undefined);
    if (view === strip.last) return;
    // After a reset, or for another value, the course begins anew.
    if (!view || (strip.last && view.step < strip.last.step)) strip.course.length = 0;
    if (view && isScalar(view)) {
      strip.course.push(statOf(view, 'mean'));
      if (strip.course.length > COURSE) strip.course.shift();
    }
    const before = strip.last ? statOf(strip.last, 'norm') : 0;
    const steps = view && strip.last ? Math.max(1, view.step - strip.last.step) : 1;
    strip.change = view && before > 0 ? Math.abs(statOf(view, 'norm') - before) / before / steps : 0;
    strip.last = view;
  }

  function refresh() {
    colours = null;
    for (const strip of strips.values()) strip.shown = undefined;
    schedule();
  }

  hub.subscribe(() => {
    for (const strip of strips.values()) follow(strip);
    schedule();
  });
  new MutationObserver(refresh).observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
  document.addEventListener('visibilitychange', schedule);

  return {
    register(strip) {
      const state: StripState = {
        ...strip,
        course: [],
        last: null,
        change: 0,
        visible: observer === null,
        shown: undefined,
      };
      strips.set(strip.element, state);
      follow(state);
      observer?.observe(strip.element);
      schedule();
      return () => {
        observer?.unobserve(strip.element);
        strips.delete(strip.element);
      };
    },
    addLayer(layer) {
      layers.set(layer, { active: false });
      schedule();
      return () => layers.delete(layer);
    },
    refresh,
    nodesInSight: () => [...strips.values()].flatMap((strip) => (strip.visible ? [strip.node] : [])),
    onSight(listener) {
      sightListeners.add(listener);
      return () => sightListeners.delete(listener);
    },
    painted: () => painted,
  };
}

/** A cleared canvas with as many pixels as the screen shows of it; null where it cannot be drawn on. */
function prepare(element: HTMLCanvasElement, colours: Colours): Brush | null {
  const width = element.offsetWidth;
  const height = element.offsetHeight;
  const context = element.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const zoom = element.getBoundingClientRect().width / width;
  const scale = window.devicePixelRatio * Math.min(2, Math.max(1, Math.ceil(zoom)));
  if (element.width !== Math.round(width * scale) || element.height !== Math.round(height * scale)) {
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, colours };
}
