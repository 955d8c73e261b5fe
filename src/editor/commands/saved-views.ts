/** Views of the canvas under the digits 1 to 9, kept with the document. */
import { type Editor, wholeEditor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';

export const VIEW_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type ViewKey = (typeof VIEW_KEYS)[number];

export function savedViews(editor: Editor) {
  return editor.whole.getState().document.layout.views ?? {};
}

const round = (value: number) => Math.round(value * 100) / 100;

function setView(key: ViewKey): Command {
  return {
    id: `view.save-${key}`,
    label: `Save view ${key}`,
    group: 'View',
    shortcuts: [`Shift+${key}`],
    enabled: always,
    run(editor) {
      const { x, y, zoom } = editor.view.look();
      const { path } = editor.document.getState();
      wholeEditor(editor).document.apply(`Save view ${key}`, (draft) => {
        const name = draft.layout.views?.[key]?.name ?? `View ${key}`;
        draft.layout.views = {
          ...draft.layout.views,
          [key]: { name, x: round(x), y: round(y), zoom: round(zoom), ...(path.length > 0 && { path: [...path] }) },
        };
      });
    },
  };
}

function goToView(key: ViewKey): Command {
  return {
    id: `view.go-${key}`,
    label: `Go to view ${key}`,
    group: 'View',
    shortcuts: [key],
    enabled: (editor) => savedViews(editor)[key] !== undefined,
    run(editor) {
      const view = savedViews(editor)[key];
      if (!view) return;
      editor.document.open(view.path ?? []);
      editor.view.lookAt(view);
    },
  };
}

export const saveViews: readonly Command[] = VIEW_KEYS.map(setView);
export const goToViews: readonly Command[] = VIEW_KEYS.map(goToView);

export const renameView: Command<{ readonly view: string; readonly name: string }> = {
  id: 'view.rename',
  label: 'Rename view',
  group: 'View',
  enabled: always,
  run(editor, { view, name }) {
    const wanted = name.trim();
    wholeEditor(editor).document.apply('Rename view', (draft) => {
      const found = draft.layout.views?.[view];
      if (found && wanted !== '' && found.name !== wanted) found.name = wanted;
    });
  },
};

/** The last one takes the list with it, so that a document without views is stored as before. */
export const removeView: Command<{ readonly view: string }> = {
  id: 'view.remove',
  label: 'Remove view',
  group: 'View',
  enabled: always,
  run(editor, { view }) {
    wholeEditor(editor).document.apply('Remove view', (draft) => {
      const { [view]: gone, ...others } = draft.layout.views ?? {};
      if (!gone) return;
      if (Object.keys(others).length > 0) draft.layout.views = others;
      else delete draft.layout.views;
    });
  },
};
