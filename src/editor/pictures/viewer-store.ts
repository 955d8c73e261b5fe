/** The tensor that is looked at as pictures. */
import { createStore } from 'zustand/vanilla';
import type { PortRef } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { portKey } from '../../compiler/result.ts';
import { selectedPlace } from '../breakpoints/commands.ts';
import type { Command } from '../commands/command.ts';
import type { Editor } from '../store/create-editor.ts';

export interface Viewed extends PortRef {
  readonly of: 'value' | 'gradient';
}

/** In flat ids. */
export const viewer = createStore<{ readonly viewed: Viewed | null }>(() => ({ viewed: null }));

/** Opens a value of the open sheet. */
export function viewPictures(editor: Editor, node: string, port: string, of: Viewed['of']): void {
  const { path } = editor.document.getState();
  const { idOf } = flatten(editor.whole.getState().document, editor.registry);
  viewer.setState({ viewed: { node: idOf(path, node), port, of } });
}

/** Whether a value of the open sheet has a rank that makes pictures. */
export function hasPictures(editor: Editor, node: string, port: string): boolean {
  const rank = editor.document.getState().check.types.get(portKey(node, port))?.shape.length ?? 0;
  return rank >= 2 && rank <= 4;
}

export const showPictures: Command = {
  id: 'view.pictures',
  label: 'Look at the value as pictures',
  group: 'View',
  enabled(editor) {
    const at = selectedPlace(editor)?.at;
    return at !== undefined && hasPictures(editor, at.node, at.port);
  },
  run(editor) {
    const at = selectedPlace(editor)?.at;
    if (at) viewPictures(editor, at.node, at.port, 'value');
  },
};
