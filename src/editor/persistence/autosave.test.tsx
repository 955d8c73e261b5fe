import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { printDocument } from '../../compiler/document-parse.ts';
import { addNode, renameDocument } from '../commands/nodes.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { saveState } from '../session/save-state.ts';
import { type DocumentStorage, restore, startAutosave } from './autosave.ts';
import { openText } from './documents.ts';

function memory(): DocumentStorage & { text: string | undefined; writes: number; error: Error | null } {
  return {
    text: undefined,
    writes: 0,
    error: null,
    async read() {
      return this.text;
    },
    async write(text) {
      if (this.error) throw this.error;
      this.text = text;
      this.writes++;
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosave', () => {
  test('a burst of changes is written once, and a later visit opens it', async () => {
    const editor = createTestEditor();
    const storage = memory();
    startAutosave(editor, storage);
    for (const name of ['a', 'ab', 'abc']) renameDocument.run(editor, { name });
    addNode.run(editor, { op: 'Relu' });
    expect(saveState.getState().value).toBe('saving');
    await vi.advanceTimersByTimeAsync(400);
    expect(storage.writes).toBe(1);
    expect(saveState.getState().value).toBe('saved');

    const later = createTestEditor();
    expect(await restore(later, storage)).toBe(true);
    expect(later.document.getState().document).toEqual(editor.document.getState().document);
    expect(later.document.getState().undoLabel).toBeNull();
  });

  test('leaving the page does not wait', async () => {
    const editor = createTestEditor();
    const storage = memory();
    startAutosave(editor, storage);
    renameDocument.run(editor, { name: 'left' });
    window.dispatchEvent(new Event('pagehide'));
    await vi.advanceTimersByTimeAsync(0);
    expect(storage.text).toContain('"left"');
  });

  test('a full browser is reported, the document stays, and saving goes on when there is room', async () => {
    const editor = createTestEditor();
    const storage = memory();
    startAutosave(editor, storage);
    storage.error = new DOMException('full', 'QuotaExceededError');
    renameDocument.run(editor, { name: 'a' });
    await vi.advanceTimersByTimeAsync(400);
    expect(editor.session.getState().problems.map((problem) => problem.code)).toEqual(['storage/full']);
    expect(editor.document.getState().document.name).toBe('a');
    expect(saveState.getState().value).toBe('failed');
    storage.error = null;
    renameDocument.run(editor, { name: 'ab' });
    await vi.advanceTimersByTimeAsync(400);
    expect(editor.session.getState().problems).toEqual([]);
    expect(storage.text).toContain('"ab"');
  });
});

describe('opening', () => {
  test('a file with errors leaves the open document as it is and says why', () => {
    const editor = createTestEditor();
    addNode.run(editor, { op: 'Relu' });
    const before = editor.document.getState().document;
    expect(openText(editor, '{"format":')).toBe(false);
    expect(openText(editor, '{"format":"other"}')).toBe(false);
    expect(editor.document.getState().document).toBe(before);
    expect(editor.session.getState().problems).toHaveLength(1);
    expect(editor.ui.getState().tab).toBe('problems');
  });

  test('nodes without a place get one', () => {
    const editor = createTestEditor();
    addNode.run(editor, { op: 'Relu' });
    addNode.run(editor, { op: 'Relu' });
    const { document } = editor.document.getState();
    expect(openText(editor, printDocument({ ...document, layout: { nodes: {} } }))).toBe(true);
    const places = Object.values(editor.document.getState().document.layout.nodes);
    expect(new Set(places.map(({ x, y }) => `${x},${y}`)).size).toBe(2);
  });
});
