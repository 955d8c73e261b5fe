import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { emptyDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { overlaps, rectOf } from '../canvas/geometry.ts';
import { createEditor } from '../store/create-editor.ts';
import { expandNode } from './expand.ts';
import { setBroadcast } from './language.ts';
import { addNode } from './nodes.ts';
import { idOf, wiring } from './test-editor.ts';
import { connect } from './wires.ts';

/** x and t into the mean squared error `loss`, which an Output reads; places side by side. */
function setUp() {
  const editor = createEditor({ registry, check, document: emptyDocument() });
  const places = { x: 0, t: 200, loss: 400, result: 600 };
  const ops = { x: 'Input', t: 'Input', loss: 'MeanSquaredError', result: 'Output' };
  for (const [name, op] of Object.entries(ops)) {
    void addNode.run(editor, { op, name, at: { x: places[name as keyof typeof places], y: 100 } });
  }
  const wire = (source: string, port: string, target: string, into: string) =>
    connect.run(editor, {
      source: { node: idOf(editor, source), port },
      target: { node: idOf(editor, target), port: into },
    });
  const [first, second] = registry.get('MeanSquaredError')?.inputs ?? [];
  const [output] = registry.get('MeanSquaredError')?.outputs ?? [];
  void wire('x', 'value', 'loss', first?.name ?? '');
  void wire('t', 'value', 'loss', second?.name ?? '');
  void wire('loss', output?.name ?? '', 'result', 'value');
  return editor;
}

const namesIn = (editor: ReturnType<typeof setUp>) =>
  Object.values(editor.document.getState().document.graph.nodes)
    .map(({ name }) => name)
    .sort();

test('the parts take the place of the node in one step, and nothing lies on them', async () => {
  const editor = setUp();
  const before = editor.document.getState().document;
  editor.ui.select([idOf(editor, 'loss')]);
  expect(expandNode.enabled(editor)).toBe(true);
  await expandNode.run(editor);
  expect(namesIn(editor)).toEqual(['loss', 'loss_mul', 'loss_sub', 'result', 't', 'x']);
  expect(wiring(editor)).toEqual(
    expect.arrayContaining(['loss_sub.y > loss_mul.a', 'loss_sub.y > loss_mul.b', 'x.value > loss_sub.a']),
  );
  expect(editor.ui.getState().selection.nodes).toHaveLength(3);
  const { document, check: found } = editor.document.getState();
  expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const rects = Object.keys(document.graph.nodes).map((id) => rectOf(document, registry, id));
  for (const [at, rect] of rects.entries()) {
    for (const other of rects.slice(at + 1)) expect(overlaps(rect, other)).toBe(false);
  }
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(before);
  expect(editor.document.getState().redoLabel).toBe('Expand loss');
});

test('what has no parts, and several nodes at once, are not expanded', () => {
  const editor = setUp();
  editor.ui.select([idOf(editor, 'x')]);
  expect(expandNode.enabled(editor)).toBe(false);
  editor.ui.select([idOf(editor, 'x'), idOf(editor, 'loss')]);
  expect(expandNode.enabled(editor)).toBe(false);
  editor.ui.select([]);
  expect(expandNode.enabled(editor)).toBe(false);
});

test('parts that stretch more than the document allows are not offered', () => {
  const editor = createEditor({ registry, check, document: emptyDocument() });
  void addNode.run(editor, { op: 'Input', name: 'x', attributes: { shape: [4, 3] } });
  void addNode.run(editor, { op: 'Input', name: 'scale', attributes: { shape: [3] } });
  void addNode.run(editor, { op: 'RMSNormalization', name: 'norm' });
  for (const name of ['x', 'scale']) {
    const source = { node: idOf(editor, name), port: 'value' };
    void connect.run(editor, { source, target: { node: idOf(editor, 'norm'), port: name } });
  }
  editor.ui.select([idOf(editor, 'norm')]);
  expect(expandNode.enabled(editor)).toBe(true);
  setBroadcast.run(editor, { rule: 'one-sided' });
  expect(expandNode.enabled(editor)).toBe(true);
  setBroadcast.run(editor, { rule: 'same-rank' });
  expect(editor.document.getState().check.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(expandNode.enabled(editor)).toBe(false);
});
