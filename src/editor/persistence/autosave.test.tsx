import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { printDocument } from '../../compiler/document-parse.ts';
import { addNode, renameDocument } from '../commands/nodes.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { loadExample } from '../gallery/examples.ts';
import { saveState } from '../session/save-state.ts';
import type { Editor } from '../store/create-editor.ts';
import { Autosave } from './autosave.ts';
import { newDocument, openDocument, openText } from './documents.ts';
import { library } from './library.ts';
import { DrawingStorage } from './storage.ts';
import type { Tabs } from './tabs.ts';

/** A browser with tabs that share a storage; closing a tab lets go of its locks. */
function browser() {
  const storage = new DrawingStorage(crypto.randomUUID());
  const held = new Map<string, () => void>();
  const tabs: Tabs = {
    async claim(id, onLost, { take = false } = {}) {
      const holder = held.get(id);
      if (holder && !take) return null;
      holder?.();
      held.set(id, onLost);
      return () => {
        if (held.get(id) === onLost) held.delete(id);
      };
    },
  };
  const tab = () => {
    const editor = createTestEditor();
    const autosave = new Autosave({ editor, storage, tabs });
    stops.push(autosave.start());
    return { editor, autosave };
  };
  return { storage, tab, kill: () => held.clear() };
}

const stops: (() => void)[] = [];
const one = (name: string) => ({ ...drawing({ a: ['Relu'] }), name });
const present = (editor: Editor) => editor.document.getState().document;
const rename = (editor: Editor, name: string) => void renameDocument.run(editor, { name });
const names = async (storage: DrawingStorage) =>
  (await storage.list()).filter(({ deleted }) => deleted === null).map(({ document }) => document.name);

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

describe('autosave', () => {
  test('every edit is written without waiting, and a later visit opens it', async () => {
    const { storage, tab, kill } = browser();
    const { editor, autosave } = tab();
    for (const name of ['a', 'ab', 'abc']) {
      rename(editor, name);
      expect(saveState.getState().value).toBe('saving');
      await autosave.settled();
      expect(saveState.getState().value).toBe('saved');
      expect(await names(storage)).toEqual([name]);
    }
    await addNode.run(editor, { op: 'Relu' });
    await autosave.settled();
    kill();

    const later = tab();
    const [found] = await storage.list();
    expect(await later.autosave.open(found?.id ?? '')).toBe(true);
    expect(present(later.editor)).toEqual(present(editor));
    expect(later.editor.document.getState().undoLabel).toBeNull();
  });

  test('many edits at once are written together, and none is left out', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    const append = vi.spyOn(storage, 'append');
    for (let at = 0; at < 300; at++) rename(editor, `name ${at}`);
    await autosave.settled();
    expect(await names(storage)).toEqual(['name 299']);
    expect(append.mock.calls.length).toBeLessThan(3);
    for (let at = 0; at < 300; at++) {
      rename(editor, `one by one ${at}`);
      await autosave.settled();
    }
    expect(append.mock.calls.length).toBeGreaterThan(200);
    expect(await names(storage)).toEqual(['one by one 299']);
  });

  test('an example and an empty canvas are no drawings before they are edited', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    const example = await loadExample('line-fit');
    if (!example) throw new Error('no example');
    openDocument(editor, example);
    newDocument(editor);
    openDocument(editor, example);
    await expect.poll(() => library.getState().open).not.toBeNull();
    expect(await names(storage)).toEqual([]);
    rename(editor, 'mine');
    newDocument(editor);
    openDocument(editor, one('pasted'));
    await expect.poll(() => names(storage)).toEqual(['pasted', 'mine']);
    await autosave.settled();
    await expect.poll(() => library.getState().drawings.length).toBe(2);
  });

  test('a full browser is reported, the document stays, and saving goes on when there is room', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    const full = vi.spyOn(storage, 'save').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
    rename(editor, 'a');
    await autosave.settled();
    expect(editor.session.getState().problems.map((problem) => problem.code)).toEqual(['storage/full']);
    expect(present(editor).name).toBe('a');
    expect(saveState.getState().value).toBe('failed');
    full.mockRestore();
    vi.advanceTimersByTime(15_000);
    await autosave.settled();
    expect(editor.session.getState().problems).toEqual([]);
    expect(await names(storage)).toEqual(['a']);
  });
});

describe('history', () => {
  test('pauses make versions, restoring one is one edit, and the state before it is a version too', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    openDocument(editor, one('original'));
    for (const name of ['first', 'second']) {
      rename(editor, `${name}…`);
      rename(editor, name);
      vi.advanceTimersByTime(4000);
      await autosave.settled();
    }
    rename(editor, 'third');
    const kept = await autosave.versions();
    expect(kept.map(({ document }) => document.name)).toEqual(['third', 'second', 'first', 'original']);

    const [, , first] = kept;
    if (!first) throw new Error('no version');
    rename(editor, 'fourth');
    await addNode.run(editor, { op: 'Add' });
    const before = present(editor);
    autosave.restore(first, 'Restore');
    expect(present(editor)).toEqual(first.document);
    expect((await autosave.versions())[1]?.document).toEqual(before);
    editor.document.undo();
    expect(present(editor)).toEqual(before);
    await autosave.settled();
    expect(await names(storage)).toEqual(['fourth']);
  });
});

describe('several drawings', () => {
  test('a deleted drawing can be taken back, with its versions, until it is forgotten', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    openDocument(editor, one('mine'));
    await expect.poll(() => names(storage)).toEqual(['mine']);
    const { open } = library.getState();
    await autosave.delete(open ?? '');
    expect(await names(storage)).toEqual([]);
    expect(present(editor).graph.nodes).toEqual({});
    await autosave.forgetDeleted(60_000);
    await autosave.undelete(open ?? '');
    expect(await names(storage)).toEqual(['mine']);
    expect(await storage.versions(open ?? '')).toEqual([]);
    await autosave.delete(open ?? '');
    await autosave.forgetDeleted(-1);
    await autosave.undelete(open ?? '');
    expect(await names(storage)).toEqual([]);
  });

  test('a drawing can be opened again at once after another one', async () => {
    const { storage, tab } = browser();
    const { editor, autosave } = tab();
    openDocument(editor, one('first'));
    await expect.poll(() => names(storage)).toEqual(['first']);
    const { open } = library.getState();
    rename(editor, 'first, edited');
    openDocument(editor, one('second'));
    expect(await autosave.open(open ?? '')).toBe(true);
    expect(present(editor).name).toBe('first, edited');
    expect(library.getState().elsewhere).toBe(false);
  });

  test('a link to what is there already opens that, and makes no second one', async () => {
    const { storage, tab } = browser();
    const { autosave } = tab();
    await autosave.openCopy(one('shared'));
    await expect.poll(() => names(storage)).toEqual(['shared']);
    await autosave.openCopy(one('other'));
    await expect.poll(async () => (await names(storage)).length).toBe(2);
    await autosave.openCopy(one('shared'));
    await autosave.settled();
    expect((await names(storage)).sort()).toEqual(['other', 'shared']);
  });
});

describe('two tabs', () => {
  async function both() {
    const { storage, tab } = browser();
    const a = tab();
    openDocument(a.editor, one('mine'));
    await expect.poll(() => names(storage)).toEqual(['mine']);
    const id = library.getState().open ?? '';
    const b = tab();
    await b.autosave.open(id);
    return { storage, a, b, id };
  }

  test('the second edits a copy, and each has its own work', async () => {
    const { storage, a, b, id } = await both();
    expect(library.getState()).toMatchObject({ elsewhere: true });
    rename(a.editor, 'of the first tab');
    await addNode.run(b.editor, { op: 'Add' });
    await expect.poll(async () => (await names(storage)).sort()).toEqual(['mine (copy)', 'of the first tab']);
    expect(library.getState()).toMatchObject({ elsewhere: false, copyOf: 'mine' });
    await b.autosave.settled();
    expect(Object.keys((await storage.read(id))?.document.graph.nodes ?? {})).toHaveLength(1);
    expect(present(b.editor).name).toBe('mine (copy)');
  });

  test('taking the drawing over leaves the first tab with a copy of what it had not written', async () => {
    const { storage, a, b, id } = await both();
    await b.autosave.takeOver();
    expect(library.getState()).toMatchObject({ elsewhere: false });
    rename(b.editor, 'of the second tab');
    await b.autosave.settled();
    await addNode.run(a.editor, { op: 'Add' });
    await expect.poll(async () => (await names(storage)).sort()).toEqual(['mine (copy)', 'of the second tab']);
    expect((await storage.read(id))?.document).toEqual(present(b.editor));
  });

  test('without locks the storage notices, and nothing is overwritten', async () => {
    const storage = new DrawingStorage(crypto.randomUUID());
    const tabs: Tabs = { claim: async () => () => {} };
    const [a, b] = [createTestEditor(), createTestEditor()].map((editor) => {
      const autosave = new Autosave({ editor, storage, tabs });
      stops.push(autosave.start());
      return { editor, autosave };
    }) as [{ editor: Editor; autosave: Autosave }, { editor: Editor; autosave: Autosave }];
    openDocument(a.editor, one('mine'));
    await expect.poll(() => names(storage)).toEqual(['mine']);
    await b.autosave.open(library.getState().open ?? '');
    rename(b.editor, 'second');
    await b.autosave.settled();
    rename(a.editor, 'first');
    await expect.poll(async () => (await names(storage)).sort()).toEqual(['first (copy)', 'second']);
  });
});

describe('opening', () => {
  test('a file with errors leaves the open document as it is and says why', () => {
    const editor = createTestEditor();
    addNode.run(editor, { op: 'Relu' });
    const before = present(editor);
    expect(openText(editor, '{"format":')).toBe(false);
    expect(openText(editor, '{"format":"other"}')).toBe(false);
    expect(present(editor)).toBe(before);
    expect(editor.session.getState().problems).toHaveLength(1);
    expect(editor.ui.getState().tab).toBe('problems');
  });

  test('nodes without a place get one', () => {
    const editor = createTestEditor();
    addNode.run(editor, { op: 'Relu' });
    addNode.run(editor, { op: 'Relu' });
    expect(openText(editor, printDocument({ ...present(editor), layout: { nodes: {} } }))).toBe(true);
    const places = Object.values(present(editor).layout.nodes);
    expect(new Set(places.map(({ x, y }) => `${x},${y}`)).size).toBe(2);
  });
});
