/** Finding nodes of the drawing; the bar of the canvas shows what is found. */
import type { NodeId } from '../../compiler/document.ts';
import type { Editor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';

const NOTHING = { query: '', matches: [], at: null } as const;

export const openFind: Command = {
  id: 'find.open',
  label: 'Find in graph…',
  group: 'Select',
  shortcuts: ['Mod+F'],
  global: true,
  enabled: always,
  run(editor) {
    editor.canvas.set({ search: { ...(editor.canvas.getState().search ?? NOTHING) } });
    editor.view.focusFind();
  },
};

export const closeFind: Command = {
  id: 'find.close',
  label: 'Close the search',
  group: 'Select',
  enabled: (editor) => editor.canvas.getState().search !== null,
  run(editor) {
    const at = editor.canvas.getState().search?.at;
    editor.canvas.set({ search: null });
    editor.view.focus(at ?? undefined);
  },
};

/** Selects and shows a match, and leaves the keyboard where it is. */
export const jumpTo: Command<{ readonly node: NodeId }> = {
  id: 'find.jump',
  label: 'Go to match',
  group: 'Select',
  enabled: always,
  run(editor, { node }) {
    const { search } = editor.canvas.getState();
    if (search) editor.canvas.set({ search: { ...search, at: node } });
    editor.ui.select([node]);
    editor.view.fit([node]);
  },
};

function step(editor: Editor, by: 1 | -1) {
  const { matches = [], at = null } = editor.canvas.getState().search ?? {};
  if (matches.length === 0) return;
  const now = at === null ? -1 : matches.indexOf(at);
  const next = now < 0 ? (by > 0 ? 0 : matches.length - 1) : (now + by + matches.length) % matches.length;
  jumpTo.run(editor, { node: matches[next] as NodeId });
}

const hasMatches = (editor: Editor) => (editor.canvas.getState().search?.matches.length ?? 0) > 0;

export const findNext: Command = {
  id: 'find.next',
  label: 'Next match',
  group: 'Select',
  shortcuts: ['F3'],
  global: true,
  enabled: hasMatches,
  run: (editor) => step(editor, 1),
};

export const findPrevious: Command = {
  id: 'find.previous',
  label: 'Previous match',
  group: 'Select',
  shortcuts: ['Shift+F3'],
  global: true,
  enabled: hasMatches,
  run: (editor) => step(editor, -1),
};

export const selectMatches: Command = {
  id: 'find.select',
  label: 'Select all matches',
  group: 'Select',
  enabled: hasMatches,
  run: (editor) => editor.ui.select(editor.canvas.getState().search?.matches ?? []),
};
