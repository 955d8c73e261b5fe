/** Whatever is done with modules can be undone and done again, and leaves every sheet well formed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DocumentEdge, DocumentNode, GraphDocument, NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { definitionOf, MODULE_INPUT, MODULE_OUTPUT, modulePorts } from '../../compiler/modules.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import { copy, cut, duplicate, pasteCopy } from './clipboard.ts';
import { frameSelection } from './frames.ts';
import {
  addModule,
  addPort,
  enterModule,
  leaveModule,
  makeModule,
  makeModuleUnique,
  removeModule,
  unpackModule,
} from './modules.ts';
import { addNode, deleteSelection, moveNodes, rename } from './nodes.ts';
import { testRegistry } from './test-editor.ts';
import { connect } from './wires.ts';

const language = new Map(testRegistry);
for (const name of [MODULE_INPUT, MODULE_OUTPUT, 'Frame']) {
  const record = registry.get(name);
  if (record) language.set(name, record);
}

const NOTHING = {
  diagnostics: [],
  types: new Map(),
  blocked: new Set<NodeId>(),
  badges: new Map(),
  cost: null,
  updates: new Map(),
};

const create = () => createEditor({ registry: language, check: () => NOTHING, now: () => 0 });
const whole = (editor: Editor) => editor.whole.getState().document;
const nodesOf = (editor: Editor): NodeId[] => Object.keys(editor.document.getState().document.graph.nodes);

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % Math.max(1, list.length)];
}

function portOf(editor: Editor, node: NodeId, side: 'inputs' | 'outputs', number: number): string {
  const { graph } = editor.document.getState().document;
  const record = editor.registry.get(graph.nodes[node]?.op ?? '');
  const wires = wiresOf(graph.edges, node);
  return pick(side === 'inputs' ? inputPorts(record, wires) : outputPorts(record, wires), number) ?? '';
}

/** What is computed, apart from the way it is drawn. */
function computed(document: GraphDocument): readonly [nodes: number, edges: number] {
  const flat = flatten(document, language).document.graph;
  const kept = Object.values(flat.nodes).filter(({ op }) => ![MODULE_INPUT, MODULE_OUTPUT, 'Frame'].includes(op));
  const ids = new Set(kept.map(({ id }) => id));
  const wires = Object.values(flat.edges).filter(({ source, target }) => ids.has(source.node) && ids.has(target.node));
  return [kept.length, wires.length];
}

const acts: Record<string, (editor: Editor, a: number, b: number) => void | Promise<void>> = {
  add: (editor, a) => addNode.run(editor, { op: pick([...testRegistry.keys()], a) ?? 'Relu' }),
  connect: (editor, a, b) => {
    const [source, target] = [pick(nodesOf(editor), a), pick(nodesOf(editor), b)];
    if (!source || !target) return;
    return connect.run(editor, {
      source: { node: source, port: portOf(editor, source, 'outputs', a) },
      target: { node: target, port: portOf(editor, target, 'inputs', b) },
    });
  },
  select: (editor, a, b) =>
    editor.ui.select([a, b, a * 7 + b].flatMap((number) => pick(nodesOf(editor), number) ?? [])),
  selectOne: (editor, a) => editor.ui.select([pick(nodesOf(editor), a) ?? '']),
  make: (editor) => {
    if (!makeModule.enabled(editor)) return;
    const before = computed(whole(editor));
    makeModule.run(editor);
    expect(computed(whole(editor))).toEqual(before);
  },
  unpack: (editor) => {
    if (!unpackModule.enabled(editor)) return;
    const before = computed(whole(editor));
    // A module that was pasted into itself ends where it repeats, which unpacking puts off.
    const endless = flatten(whole(editor), testRegistry).diagnostics.length > 0;
    unpackModule.run(editor);
    if (!endless) expect(computed(whole(editor))).toEqual(before);
  },
  enter: (editor) => enterModule.run(editor),
  leave: (editor) => leaveModule.run(editor),
  unique: (editor) => makeModuleUnique.run(editor),
  duplicate: (editor) => duplicate.run(editor),
  copy: (editor) => copy.run(editor),
  cut: (editor) => cut.run(editor),
  paste: (editor) => pasteCopy.run(editor),
  delete: (editor) => deleteSelection.run(editor),
  rename: (editor, a, b) => rename.run(editor, { node: pick(nodesOf(editor), a) ?? '', name: `n${b % 4}` }),
  move: (editor, a, b) => moveNodes.run(editor, { places: { [pick(nodesOf(editor), a) ?? '']: { x: a, y: b } } }),
  port: (editor, a) => {
    if (addPort.enabled(editor)) return addPort.run(editor, { side: a % 2 === 0 ? 'input' : 'output' });
  },
  place: (editor, a) => {
    const module = pick(Object.keys(whole(editor).graph.modules ?? {}), a);
    // What contains itself is told of, and is not counted here.
    const isInside = editor.document.getState().path.length > 0;
    if (module !== undefined && !isInside) return addModule.run(editor, { module });
  },
  remove: (editor, a) => {
    const module = pick(Object.keys(whole(editor).graph.modules ?? {}), a);
    if (module !== undefined) return removeModule.run(editor, { module });
  },
  frame: (editor) => frameSelection.run(editor),
  undo: (editor) => editor.document.undo(),
  redo: (editor) => editor.document.redo(),
};

const act = fc.record({ name: fc.constantFrom(...Object.keys(acts)), a: fc.nat(1000), b: fc.nat(1000) });
const sequence = fc.array(act, { minLength: 20, maxLength: 60, size: 'max' });

type Sheet = { nodes: Readonly<Record<string, DocumentNode>>; edges: Readonly<Record<string, DocumentEdge>> };

function expectWellFormed(document: GraphDocument) {
  const { graph, layout } = document;
  const definitions = Object.values(graph.modules ?? {});
  const sheets: (readonly [Sheet, object])[] = [
    [graph, layout.nodes],
    ...definitions.map((definition) => [definition, layout.modules?.[definition.id] ?? {}] as const),
  ];
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  for (const [{ nodes, edges }, places] of sheets) {
    expect(Object.keys(places).sort()).toEqual(Object.keys(nodes).sort());
    const names = Object.values(nodes).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const targets = Object.values(edges).map(({ target }) => `${target.node}:${target.port}`);
    expect(new Set(targets).size).toBe(targets.length);
    for (const { source, target } of Object.values(edges)) {
      expect(nodes[source.node]).toBeDefined();
      expect(nodes[target.node]).toBeDefined();
      const [from, to] = [source, target].map(({ node }) => definitionOf(graph.modules, nodes[node]?.op ?? ''));
      if (from) expect(modulePorts(from, MODULE_OUTPUT).map(({ name }) => name)).toContain(source.port);
      if (to) expect(modulePorts(to, MODULE_INPUT).map(({ name }) => name)).toContain(target.port);
    }
  }
}

test('any sequence of commands leaves every sheet well formed', async () => {
  const property = fc.asyncProperty(sequence, async (list) => {
    const editor = create();
    for (const { name, a, b } of list) {
      await acts[name]?.(editor, a, b);
      expectWellFormed(whole(editor));
    }
  });
  await fc.assert(property, { numRuns: 200 });
});

test('any sequence of commands, undone and done again, gives the same documents', async () => {
  const property = fc.asyncProperty(sequence, async (list) => {
    const editor = create();
    const start = whole(editor);
    for (const { name, a, b } of list) await acts[name]?.(editor, a, b);
    const states = [whole(editor)];
    while (editor.document.getState().undoLabel !== null) {
      editor.document.undo();
      states.push(whole(editor));
    }
    expect(states.at(-1)).toEqual(start);
    expect(editor.document.getState().path).toEqual([]);
    for (const state of states.reverse().slice(1)) {
      editor.document.redo();
      expect(whole(editor)).toEqual(state);
    }
  });
  await fc.assert(property, { numRuns: 100 });
});
