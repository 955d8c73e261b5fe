/** What is trained goes on, whatever the nodes are called and wherever they are drawn. */
import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { check, compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { registry } from '../../nodes/registry.ts';
import type { State } from '../../runtime/protocol.ts';
import { Trainer } from '../../runtime/worker/trainer.ts';
import { duplicate } from '../commands/clipboard.ts';
import { undo } from '../commands/history.ts';
import { enterModule, leaveModule, makeModule, unpackModule } from '../commands/modules.ts';
import { addNode, deleteSelection, rename } from '../commands/nodes.ts';
import { idOf } from '../commands/test-editor.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { carriedSlots, type Trained } from './carried-state.ts';

const closing: Trainer[] = [];
afterEach(async () => {
  for (const trainer of closing.splice(0)) await trainer.close();
});

function open(): Editor {
  const document = structuredClone(digits) as unknown as GraphDocument;
  const optimizer = Object.values(document.graph.nodes).find(({ name }) => name === 'optimizer');
  Object.assign(optimizer ?? {}, { op: 'Adam', attributes: {} });
  return createEditor({ registry, check, document, now: () => 0 });
}

const select = (editor: Editor, ...names: string[]) => editor.ui.select(names.map((name) => idOf(editor, name)));

/** Trains what the editor shows, each time with what went on of the time before. */
async function session(editor: Editor) {
  const trainer = new Trainer({
    emit: () => {},
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
  closing.push(trainer);
  let before: Trained | null = null;
  return async (steps: number): Promise<{ loss: number | null; state: State }> => {
    const { document } = editor.whole.getState();
    const plan = compile(document, editor.registry).plan as TrainingPlan;
    const now = { state: plan.state, nodes: flatten(document, editor.registry).document.graph.nodes };
    await trainer.load(plan, { backend: 'wasm', keep: true, ...(before && { from: carriedSlots(before, now) }) });
    before = now;
    const state = await trainer.readState();
    return { loss: steps > 0 ? (await trainer.step(steps)).loss : null, state };
  };
}

test('losses go on while layers become a module, one in another, are unpacked, renamed and undone', async () => {
  const plain = await session(open());
  const expected: (number | null)[] = [];
  for (let time = 0; time < 6; time++) expected.push((await plain(10)).loss);

  const editor = open();
  const train = await session(editor);
  const losses = [(await train(10)).loss];
  select(editor, 'W1', 'b1', 'hidden', 'tanh');
  makeModule.run(editor);
  const made = await train(10);
  expect(Object.keys(made.state)).toEqual(expect.arrayContaining(['module/W1', 'module/W1.exp_avg']));
  losses.push(made.loss);
  enterModule.run(editor);
  select(editor, 'W1', 'hidden');
  makeModule.run(editor);
  losses.push((await train(10)).loss);
  editor.ui.select([]);
  leaveModule.run(editor);
  select(editor, 'module');
  unpackModule.run(editor);
  rename.run(editor, { node: idOf(editor, 'b1'), name: 'bias' });
  const unpacked = await train(10);
  expect(Object.keys(unpacked.state)).toEqual(expect.arrayContaining(['module/W1', 'bias', 'bias.exp_avg_sq']));
  losses.push(unpacked.loss);
  select(editor, 'module');
  unpackModule.run(editor);
  losses.push((await train(10)).loss);
  for (let times = 0; times < 5; times++) undo.run(editor);
  expect(Object.values(editor.whole.getState().document.graph.nodes).map(({ name }) => name)).toContain('W1');
  losses.push((await train(10)).loss);
  expect(losses).toEqual(expected);
});

test('two instances keep their own values when both are unpacked; a copy begins anew', async () => {
  const editor = open();
  const train = await session(editor);
  await train(10);
  select(editor, 'W2');
  makeModule.run(editor);
  duplicate.run(editor);
  const { state } = await train(10);
  expect(state['module/W2']).not.toEqual(state['module2/W2']);
  const after = (await train(0)).state;
  for (const name of ['module', 'module2']) {
    select(editor, name);
    unpackModule.run(editor);
  }
  const unpacked = (await train(0)).state;
  expect([unpacked.W2, unpacked.W3]).toEqual([after['module/W2'], after['module2/W2']]);
});

test('a name that went to another node takes no values along', async () => {
  const editor = open();
  const train = await session(editor);
  await train(10);
  const trained = (await train(0)).state;
  rename.run(editor, { node: idOf(editor, 'b1'), name: 'bias' });
  addNode.run(editor, { op: 'Parameter', name: 'b1', attributes: { shape: [32], initializer: 'zeros' } });
  const { state } = await train(0);
  expect(state.bias).toEqual(trained.b1);
  expect(new Set(state.b1)).toEqual(new Set([0]));
  // Drawn anew in place of one that is gone, it goes on.
  const drawnAgain = open();
  const again = await session(drawnAgain);
  await again(10);
  const kept = (await again(0)).state;
  select(drawnAgain, 'b1');
  deleteSelection.run(drawnAgain);
  addNode.run(drawnAgain, { op: 'Parameter', name: 'b1', attributes: { shape: [32] } });
  expect((await again(0)).state.b1).toEqual(kept.b1);
});
