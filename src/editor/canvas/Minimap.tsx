import { Panel, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef, type WheelEvent } from 'react';
import { editor } from '../store/editor.ts';
import { rectOfNode } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { boundsOf, type Rect } from './geometry.ts';
import { type Colours, readColours } from './paint-colours.ts';

const WIDTH = 152;
const HEIGHT = 96;
/** Around everything, in pixels of the map. */
const MARGIN = 6;

interface Map {
  readonly area: Rect;
  readonly scale: number;
}

/** The part of the canvas that the map shows: all nodes and what is seen, with the map's proportions. */
function mapOf(rects: readonly Rect[], sight: Rect): Map {
  const bounds = boundsOf([...rects, sight]) ?? sight;
  const scale = Math.min((WIDTH - 2 * MARGIN) / bounds.width, (HEIGHT - 2 * MARGIN) / bounds.height);
  const width = WIDTH / scale;
  const height = HEIGHT / scale;
  const area = {
    x: bounds.x + (bounds.width - width) / 2,
    y: bounds.y + (bounds.height - height) / 2,
    width,
    height,
  };
  return { area, scale };
}

function paint(context: CanvasRenderingContext2D, nodes: readonly FlowNode[], sight: Rect, colours: Colours): Map {
  const rects = nodes.map(rectOfNode);
  const map = mapOf(rects, sight);
  const { area, scale } = map;
  const ratio = window.devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, WIDTH * ratio, HEIGHT * ratio);
  context.setTransform(ratio * scale, 0, 0, ratio * scale, -area.x * scale * ratio, -area.y * scale * ratio);
  context.fillStyle = colours.border;
  context.globalAlpha = 0.5;
  context.fillRect(sight.x, sight.y, sight.width, sight.height);
  context.globalAlpha = 0.8;
  for (const role of ['forward', 'backward', 'update', 'note'] as const) {
    context.fillStyle = role === 'note' ? colours.border : colours[role];
    for (const [at, { x, y, width, height }] of rects.entries()) {
      if (nodes[at]?.data.role === role) context.fillRect(x, y, width, height);
    }
  }
  context.globalAlpha = 1;
  context.lineWidth = 1 / scale;
  context.strokeStyle = colours.text;
  context.strokeRect(sight.x, sight.y, sight.width, sight.height);
  return map;
}

/** The whole graph small. One canvas instead of an element a node, so that large graphs move as easily as small ones. */
export function Minimap({ nodes }: { readonly nodes: readonly FlowNode[] }) {
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useRef<Map | null>(null);
  const latest = useRef(nodes);
  const schedule = useRef(() => {});

  useEffect(() => {
    let frame = 0;
    let colours: Colours | null = null;
    const run = () => {
      frame = 0;
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      colours ??= readColours();
      const { width, height, transform } = flow.getState();
      const [x, y, zoom] = transform;
      const sight = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      map.current = paint(context, latest.current, sight, colours);
    };
    schedule.current = () => {
      frame ||= requestAnimationFrame(run);
    };
    const theme = new MutationObserver(() => {
      colours = null;
      schedule.current();
    });
    theme.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
    const stop = flow.subscribe((state, old) => {
      const isSame = state.transform === old.transform && state.width === old.width && state.height === old.height;
      if (!isSame) schedule.current();
    });
    schedule.current();
    return () => {
      cancelAnimationFrame(frame);
      theme.disconnect();
      stop();
    };
  }, [flow]);

  useEffect(() => {
    latest.current = nodes;
    schedule.current();
  }, [nodes]);

  const go = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLCanvasElement>) => {
    if (!map.current) return;
    const box = currentTarget.getBoundingClientRect();
    const { area, scale } = map.current;
    const point = { x: area.x + (clientX - box.x) / scale, y: area.y + (clientY - box.y) / scale };
    editor.view.lookAt({ ...editor.view.look(), ...point }, true);
  };

  return (
    <Panel position="bottom-right" className="minimap">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Map of the graph"
        width={WIDTH * window.devicePixelRatio}
        height={HEIGHT * window.devicePixelRatio}
        style={{ width: WIDTH, height: HEIGHT }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && go(event)}
        onWheel={(event: WheelEvent) => editor.view.zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1)}
      />
    </Panel>
  );
}
