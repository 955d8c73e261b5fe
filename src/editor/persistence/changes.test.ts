import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphDocument } from '../../compiler/document.ts';
import { addNode, deleteSelection, moveNodes, renameDocument, setTraining } from '../commands/nodes.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { applyChanges, changesBetween } from './changes.ts';

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('changes', () => {
  test('lead from one document to the next through any edits, and say no more than was edited', () => {
    const editor = createTestEditor();
    const edits: readonly (() => void)[] = [
      () => void addNode.run(editor, { op: 'Relu' }),
      () => void addNode.run(editor, { op: 'Add' }),
      () => void renameDocument.run(editor, { name: 'another' }),
      () => void setTraining.run(editor, { seed: 7 }),
      () => void moveNodes.run(editor, { places: { [editor.ui.getState().selection.nodes[0] ?? '']: { x: 8, y: 4 } } }),
      () => void deleteSelection.run(editor),
      () => editor.document.undo(),
      () => editor.document.redo(),
    ];
    let kept = json(editor.document.getState().document);
    for (const edit of edits) {
      const before = editor.document.getState().document;
      edit();
      const after = editor.document.getState().document;
      const changes = json(changesBetween(before, after));
      expect(changes.length).toBeLessThan(6);
      kept = applyChanges(kept, changes);
      expect(kept).toEqual(json(after));
    }
  });

  test('lead from any object to any other', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, object, (a, b) => {
        const [before, after] = [json(a), json(b)] as [GraphDocument, GraphDocument];
        expect(json(applyChanges(before, json(changesBetween(before, after))))).toEqual(after);
      }),
    );
  });
});
