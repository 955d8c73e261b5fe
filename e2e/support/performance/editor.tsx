/** The editor as it is, with a stream of made-up values of every node in place of training. */
import './editor.css';
import { createRoot } from 'react-dom/client';
import { emptyDocument, type GraphDocument } from '../../../src/compiler/document.ts';
import { PROBE_ROW, type ProbeEntry, type ProbePlan } from '../../../src/compiler/plan.ts';
import { App } from '../../../src/editor/App.tsx';
import { openDocument } from '../../../src/editor/persistence/documents.ts';
import { hub } from '../../../src/editor/session/telemetry.ts';
import { editor } from '../../../src/editor/store/editor.ts';
import { drag, nextFrame, pan, settled } from './gestures.ts';
import { places, wires } from './graph.ts';

const joined = new Set(wires.filter(({ second }) => second).map(({ target }) => target));
const wired = new Set(wires.map(({ target }) => target));

const opOf = (id: string) => (joined.has(id) ? 'Add' : wired.has(id) ? 'Tanh' : 'Parameter');

function makeDocument(): GraphDocument {
  const empty = emptyDocument('thousand');
  const nodes = places.map(({ id }) => {
    const op = opOf(id);
    return [id, { id, op, name: id, attributes: op === 'Parameter' ? { shape: [16] } : {} }];
  });
  const edges = wires.map(({ source, target, second }, at) => {
    const output = opOf(source) === 'Parameter' ? 'value' : 'y';
    const input = opOf(target) === 'Tanh' ? 'x' : second ? 'b' : 'a';
    const edge = { id: `e${at}`, source: { node: source, port: output }, target: { node: target, port: input } };
    return [edge.id, edge];
  });
  return {
    ...empty,
    graph: { ...empty.graph, nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) },
    layout: { nodes: Object.fromEntries(places.map(({ id, x, y }) => [id, { x, y }])) },
  };
}

const entries: ProbeEntry[] = places.flatMap(({ id }, at) =>
  (['value', 'gradient'] as const).map((of, side) => ({
    node: id,
    port: opOf(id) === 'Parameter' ? 'value' : 'y',
    of,
    row: 2 * at + side,
    shape: [16],
    sampled: false,
    image: null,
  })),
);
const PROBE: ProbePlan = { key: 'made-up', entries, graphs: {} as ProbePlan['graphs'] };
const HERTZ = 30;

let step = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Made beforehand, as a worker would make them. */
const summaries = Array.from({ length: 8 }, (_, frame) =>
  Float32Array.from({ length: entries.length * PROBE_ROW }, (_, at) => (1 + Math.sin(at + frame)) / 24),
);

function sendFrame() {
  step++;
  const summary = summaries[step % summaries.length] as Float32Array;
  hub.takeFrame({ probe: PROBE.key, step, milliseconds: 0, interval: 1, outputs: { summary } });
}

function stream(on: boolean) {
  clearInterval(timer);
  editor.session.set({ phase: on ? 'running' : 'paused' });
  if (!on) return;
  hub.expect(PROBE);
  timer = setInterval(sendFrame, 1000 / HERTZ);
}

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root');
createRoot(root).render(<App />);

window.bench = {
  async open() {
    const document = makeDocument();
    const begun = performance.now();
    openDocument(editor, document);
    while (!window.document.querySelector('.react-flow__node')) await nextFrame();
    await settled();
    return performance.now() - begun;
  },
  lookAt: (x, y, zoom) => editor.view.lookAt({ x, y, zoom }, true),
  pan,
  drag,
  stream,
};
