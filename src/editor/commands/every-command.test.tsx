/** Every command of this folder, in any order: what it does to the document can be undone and done again. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import { MODULE_INPUT, MODULE_OUTPUT, moduleOp } from '../../compiler/modules.ts';
import { registry } from '../../nodes/registry.ts';
import { moduleLibrary } from '../modules/library/library.ts';
import { provideSessionActions, type SessionActions } from '../session/actions.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import { commands } from './all.ts';
import type { Command } from './command.ts';
import { NOTHING, testRegistry } from './test-editor.ts';

const files = import.meta.glob<Record<string, unknown>>(['./*.ts', '!./*.test.ts', '!./all.ts', '!./test-editor.ts'], {
  eager: true,
});
const isCommand = (value: unknown): value is Command<unknown> =>
  typeof value === 'object' && value !== null && 'id' in value && 'run' in value && typeof value.run === 'function';
/** By their ids. */
const all = new Map(
  Object.values(files)
    .flatMap((file) => Object.values(file).flat())
    .filter(isCommand)
    .map((command) => [command.id, command]),
);

/** These ask for files, or open another document, whose history is its own. */
const ELSEWHERE = ['file.new', 'file.open', 'file.save'];

const nothing = () => {};
const session = new Proxy({}, { get: () => nothing }) as SessionActions;

const language = new Map(testRegistry);
for (const name of [MODULE_INPUT, MODULE_OUTPUT, 'Frame']) {
  const record = registry.get(name);
  if (record) language.set(name, record);
}

/** Any number becomes one of the list. */
function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % Math.max(1, list.length)];
}

const sheet = (editor: Editor) => editor.document.getState().document;
const whole = (editor: Editor) => editor.whole.getState().document;
const nodeOf = (editor: Editor, at: number): NodeId => pick(Object.keys(sheet(editor).graph.nodes), at) ?? '';
const edgeOf = (editor: Editor, at: number) => pick(Object.values(sheet(editor).graph.edges), at);
const moduleOf = (editor: Editor, at: number) => pick(Object.keys(whole(editor).graph.modules ?? {}), at) ?? '';
const place = (a: number, b: number) => ({ x: 8 * a, y: 8 * b });

function portOf(editor: Editor, node: NodeId, side: 'source' | 'target', at: number): string {
  const { graph } = sheet(editor);
  const record = editor.registry.get(graph.nodes[node]?.op ?? '');
  const wires = wiresOf(graph.edges, node);
  return pick(side === 'target' ? inputPorts(record, wires) : outputPorts(record, wires), at) ?? '';
}

const end = (editor: Editor, side: 'source' | 'target', a: number, b: number) => {
  const node = nodeOf(editor, a);
  return { node, port: portOf(editor, node, side, b) };
};

/** Only placed where it cannot contain itself, which is told of. */
const placeable = (editor: Editor, at: number) =>
  editor.document.getState().path.length > 0 ? '' : moduleOf(editor, at);

type Arguments = (editor: Editor, a: number, b: number) => unknown;

/** What commands are given that ask for something. */
const ARGUMENTS: Readonly<Record<string, Arguments>> = {
  'edit.duplicate-to': (editor, a, b) => ({ places: { [nodeOf(editor, a)]: place(a, b) } }),
  'wire.connect-port': (editor, a, b) => ({ ...end(editor, 'source', a, b), side: 'source' }),
  'wire.disconnect-all': (editor, a, b) => ({
    edges: [edgeOf(editor, a), edgeOf(editor, b)].flatMap((edge) => edge?.id ?? []),
  }),
  'find.jump': (editor, a) => ({ node: nodeOf(editor, a) }),
  'problem.fix': (editor, a, b) => ({
    fix: {
      label: 'Fix',
      safety: 'safe',
      edits: [
        { kind: 'set-attribute', node: nodeOf(editor, a), attribute: 'sizes', value: [b] },
        { kind: 'rename', node: nodeOf(editor, b), name: `fixed${a % 3}` },
      ],
    },
  }),
  'frame.resize': (editor, a, b) => ({ node: nodeOf(editor, a), width: 8 * a, height: 8 * b }),
  'frame.colour': (editor, a) => ({ node: nodeOf(editor, a) }),
  'wire.insert-operator': (editor, a, b) => ({
    edge: edgeOf(editor, a)?.id ?? '',
    op: pick([...testRegistry.keys()], b) ?? '',
    at: b % 2 ? place(a, b) : null,
  }),
  'wire.insert-node': (editor, a, b) => ({ edge: edgeOf(editor, a)?.id ?? '', node: nodeOf(editor, b) }),
  'create.place-fitting': (_, a) => ({
    op: 'Add',
    at: place(a, a),
    ...(a % 2 && { fit: { input: 'b', output: null } }),
  }),
  'document.set-broadcast': (_, a) => ({ rule: pick(['any', 'one-sided', 'same-rank'], a) }),
  'document.set-rewrite': (_, a, b) => ({ name: `rewrite${a % 3}`, enabled: b % 2 === 0 }),
  'module.describe': (editor, a, b) => ({ module: moduleOf(editor, a), description: `text ${b % 3}` }),
  'module.expose': (editor, a, b) => {
    const module = moduleOf(editor, a);
    const nodes = Object.keys(whole(editor).graph.modules?.[module]?.nodes ?? {});
    return { module, node: pick(nodes, b) ?? '', attribute: 'scale' };
  },
  'module.rename-exposed': (editor, a, b) => ({ module: moduleOf(editor, a), as: 'scale', name: `as${b % 2}` }),
  'module.hide': (editor, a) => ({ module: moduleOf(editor, a), as: pick(['scale', 'as0', 'as1'], a) }),
  'module.edit': (editor, a) => ({ module: moduleOf(editor, a) }),
  'module.open': (editor, a) => ({ path: a % 2 ? [nodeOf(editor, a)] : [] }),
  'module.rename': (editor, a, b) => ({ module: moduleOf(editor, a), name: `Module ${b % 3}` }),
  'module.remove': (editor, a) => ({ module: moduleOf(editor, a) }),
  'module.add': (editor, a, b) =>
    b % 2 ? { library: pick(moduleLibrary, a)?.name } : { module: placeable(editor, a), at: place(a, b) },
  'module.add-port': (_, a) => ({ side: a % 2 ? 'input' : 'output' }),
  'create.place': (editor, a) => ({ op: a % 3 ? 'Relu' : moduleOp(placeable(editor, a)) }),
  'node.add': (_, a) => ({ op: pick([...testRegistry.keys()], a) }),
  'node.delete': (editor, a) => ({ node: nodeOf(editor, a) }),
  'node.rename': (editor, a, b) => ({ node: nodeOf(editor, a), name: `n${b % 3}` }),
  'node.set-attribute': (editor, a, b) => ({ node: nodeOf(editor, a), attribute: 'scale', value: b % 4 }),
  'document.set-training': (_, a) => ({ seed: a % 4 }),
  'document.rename': (_, a) => ({ name: `doc${a % 3}` }),
  'node.move': (editor, a, b) => ({ places: { [nodeOf(editor, a)]: place(a, b) } }),
  'view.rename': (_, a, b) => ({ view: `${a % 10}`, name: `view ${b % 3}` }),
  'view.remove': (_, a) => ({ view: `${a % 10}` }),
  'view.choose-pointer': (_, a) => ({ pointer: pick(['trackpad', 'mouse'], a) }),
  'view.ask-pointer': (_, a, b) => ({ x: a, y: b }),
  'view.reveal': (editor, a) => ({ node: nodeOf(editor, a) }),
  'problem.show': (editor, a) => ({
    problem: { code: 'graph/cycle', place: { node: nodeOf(editor, a) }, title: '', cause: '', fixes: [], evidence: [] },
  }),
  'wire.connect': (editor, a, b) => ({ source: end(editor, 'source', a, b), target: end(editor, 'target', b, a) }),
  'wire.reconnect': (editor, a, b) => {
    const edge = edgeOf(editor, a);
    return {
      edge: edge?.id ?? '',
      source: edge?.source ?? end(editor, 'source', a, b),
      target: end(editor, 'target', b, a),
    };
  },
  'wire.disconnect': (editor, a) => ({ edge: edgeOf(editor, a)?.id ?? '' }),
  'wire.connect-to': (editor, a) => ({ node: nodeOf(editor, a) }),
};

const tested = [...all.keys()].filter((id) => !ELSEWHERE.includes(id));

test('every command is tried', () => {
  const offered = new Set(commands.map(({ id }) => id));
  expect(all.size).toBeGreaterThan(100);
  expect(tested.filter((id) => !offered.has(id) && !ARGUMENTS[id])).toEqual([]);
  expect(Object.keys(ARGUMENTS).filter((id) => !all.has(id))).toEqual([]);
});

const act = fc.record({
  // Without nodes and a selection there is little to do.
  id: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...tested) },
    { weight: 1, arbitrary: fc.constantFrom('node.add', 'wire.connect', 'module.make', 'select') },
  ),
  a: fc.nat(1000),
  b: fc.nat(1000),
});

async function perform(editor: Editor, id: string, a: number, b: number): Promise<void> {
  if (id === 'select') return editor.ui.select([nodeOf(editor, a), nodeOf(editor, b)].filter(Boolean));
  const command = all.get(id);
  if (command?.enabled(editor)) await command.run(editor, ARGUMENTS[id]?.(editor, a, b));
}

test('any sequence of commands, undone and done again, gives the same documents; what runs is no step', async () => {
  provideSessionActions(session);
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  const property = fc.asyncProperty(fc.array(act, { maxLength: 50, size: 'max' }), async (acts) => {
    const editor = createEditor({ registry: language, check: () => NOTHING, now: () => 0 });
    const start = whole(editor);
    for (const { id, a, b } of acts) {
      const before = editor.whole.getState();
      await perform(editor, id, a, b);
      editor.session.set({ step: a, loss: b, phase: 'running' });
      const after = editor.whole.getState();
      if (after.document === before.document) expect(after.undoLabel).toBe(before.undoLabel);
      if (all.get(id)?.group === 'View' && !/^(view\.(save|rename|remove)|module)/.test(id))
        expect(after.document).toBe(before.document);
    }
    const states: GraphDocument[] = [whole(editor)];
    while (editor.document.getState().undoLabel !== null) {
      editor.document.undo();
      states.push(whole(editor));
    }
    expect(states.at(-1)).toEqual(start);
    for (const state of states.reverse().slice(1)) {
      editor.document.redo();
      expect(whole(editor)).toEqual(state);
    }
  });
  await fc.assert(property, { numRuns: 120 });
}, 60_000);
