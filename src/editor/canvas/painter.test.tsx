/** Telemetry reaches the screen without React: 200 frames paint every strip and render no component. */
import { act, render } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { PROBE_ROW, type ProbeEntry, type ProbePlan } from '../../compiler/plan.ts';
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { Canvas } from './Canvas.tsx';
import { painter } from './painter-instance.ts';

const FRAMES = 200;
let frames: FrameRequestCallback[] = [];
let time = 0;

/** Runs what waits for the next animation frame, 40 ms later. */
function nextFrame() {
  time += 40;
  const waiting = frames;
  frames = [];
  for (const callback of waiting) callback(time);
}

beforeEach(() => {
  const context = new Proxy({}, { get: () => () => undefined, set: () => true });
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(144);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(40);
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Parameter → Tanh → ReduceMean. */
function chain(): GraphDocument {
  const document = emptyDocument('chain');
  const node = (id: string, op: string) => ({ id, op, name: id, attributes: {} });
  const edge = (id: string, source: string, from: string, target: string) => ({
    id,
    source: { node: source, port: from },
    target: {
      node: target,
      port: editor.registry.get(target === 'tanh' ? 'Tanh' : 'ReduceMean')?.inputs[0]?.name ?? '',
    },
  });
  return {
    ...document,
    graph: {
      ...document.graph,
      nodes: { weights: node('weights', 'Parameter'), tanh: node('tanh', 'Tanh'), mean: node('mean', 'ReduceMean') },
      edges: {
        a: edge('a', 'weights', 'value', 'tanh'),
        b: edge('b', 'tanh', editor.registry.get('Tanh')?.outputs[0]?.name ?? '', 'mean'),
      },
    },
    layout: { nodes: { weights: { x: 0, y: 0 }, tanh: { x: 240, y: 0 }, mean: { x: 480, y: 0 } } },
  };
}

function probePlan(): ProbePlan {
  const shapes: readonly (readonly [string, string, number[]])[] = [
    ['weights', 'Parameter', [3, 2]],
    ['tanh', 'Tanh', [3, 2]],
    ['mean', 'ReduceMean', []],
  ];
  const entries = shapes.flatMap(([node, op, shape], index) => {
    const common = {
      node,
      port: editor.registry.get(op)?.outputs[0]?.name ?? 'value',
      shape,
      sampled: false,
      image: null,
    };
    return [
      { ...common, of: 'value', row: 2 * index },
      { ...common, of: 'gradient', row: 2 * index + 1 },
    ] satisfies ProbeEntry[];
  });
  return { key: 'probe', entries, graphs: {} as ProbePlan['graphs'] };
}

test('a frame of telemetry paints strips and renders nothing', () => {
  let commits = 0;
  editor.document.load(chain());
  const { container } = render(
    <Profiler id="canvas" onRender={() => commits++}>
      <Canvas />
    </Profiler>,
  );
  act(() => {
    for (let count = 0; count < 5; count++) nextFrame();
  });
  expect(container.querySelectorAll('canvas.node-strip')).toHaveLength(3);
  expect(commits).toBeGreaterThan(0);

  const plan = probePlan();
  hub.expect(plan);
  commits = 0;
  const painted = painter.painted();
  for (let step = 0; step < FRAMES; step++) {
    const summary = new Float32Array(plan.entries.length * PROBE_ROW).fill(1 / (step + 1));
    hub.takeFrame({ probe: 'probe', step, outputs: { summary }, milliseconds: 1, interval: 30 });
    nextFrame();
  }
  expect(painter.painted() - painted).toBe(3 * FRAMES);
  expect(commits).toBe(0);

  // What has not changed is not painted again.
  nextFrame();
  painter.refresh();
  nextFrame();
  const after = painter.painted();
  hub.takeLosses({ from: 0, losses: new Float32Array([1]), stepsPerSecond: 1, learningRate: null });
  nextFrame();
  expect(painter.painted()).toBe(after);
});
