import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { carryContents, contentsOf } from '../frames/contents.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { frameSelection, nextFrameColour, resizeFrame } from './frames.ts';
import { addNode, moveNodes, nudges } from './nodes.ts';
import { idOf } from './test-editor.ts';

function framed(): Editor {
  const editor = createEditor({ registry, check, now: () => 0 });
  for (const name of ['a', 'b', 'far']) addNode.run(editor, { op: 'Relu', name });
  const places = { a: { x: 0, y: 0 }, b: { x: 200, y: 40 }, far: { x: 2000, y: 0 } };
  moveNodes.run(editor, {
    places: Object.fromEntries(Object.entries(places).map(([name, place]) => [idOf(editor, name), place])),
  });
  editor.ui.select([idOf(editor, 'a'), idOf(editor, 'b')]);
  frameSelection.run(editor);
  return editor;
}

const place = (editor: Editor, name: string) => editor.document.getState().document.layout.nodes[idOf(editor, name)];

test('a frame lies around the selection, is named at once, and computes nothing', () => {
  const editor = framed();
  const { document } = editor.document.getState();
  const frame = idOf(editor, 'frame');
  expect(editor.ui.getState()).toMatchObject({ renaming: frame, selection: { nodes: [frame] } });
  expect(contentsOf(document, registry, frame).sort()).toEqual([idOf(editor, 'a'), idOf(editor, 'b')].sort());
  const diagnostics = editor.document.getState().check.diagnostics.filter(({ place: { node } }) => node === frame);
  expect(diagnostics).toEqual([]);
});

test('what lies on a frame moves with it, by keys and by dragging, as one step', () => {
  const editor = framed();
  const frame = idOf(editor, 'frame');
  nudges.find(({ id }) => id === 'node.nudge-right-far')?.run(editor);
  expect([place(editor, 'a'), place(editor, 'far')]).toEqual([
    { x: 64, y: 0 },
    { x: 2000, y: 0 },
  ]);
  editor.document.undo();
  expect(place(editor, 'a')).toEqual({ x: 0, y: 0 });
  const { x = 0, y = 0 } = place(editor, 'frame') ?? {};
  const moved = carryContents(editor, [frame])(new Map([[frame, { x: x + 8, y: y - 12 }]]));
  expect(moved.get(idOf(editor, 'b'))).toEqual({ x: 208, y: 28 });
  expect(moved.has(idOf(editor, 'far'))).toBe(false);
});

test('frames lie on larger frames, and can be resized and coloured', () => {
  const editor = framed();
  const inner = idOf(editor, 'frame');
  editor.ui.select([inner]);
  frameSelection.run(editor);
  const outer = idOf(editor, 'frame2');
  const { document } = editor.document.getState();
  expect(contentsOf(document, registry, outer)).toContain(inner);
  expect(contentsOf(document, registry, inner)).not.toContain(outer);
  resizeFrame.run(editor, { node: outer, width: 203, height: 99 });
  nextFrameColour.run(editor, { node: outer });
  expect(editor.document.getState().document.graph.nodes[outer]?.attributes).toEqual({
    width: 204,
    height: 100,
    colour: 'blue',
  });
  editor.document.undo();
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(document);
});
