/** A command is an object that menu, shortcut, palette and tests share. */
import type { Editor } from '../store/create-editor.ts';

export type CommandGroup = 'Create' | 'Edit' | 'Select' | 'Arrange' | 'View' | 'File' | 'Train' | 'Help';

export interface Command<A = void> {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /**
   * The first is shown. `Mod` is Ctrl, or Cmd on a Mac. Shortcuts without `Mod` work only while the canvas has the
   * keyboard (WCAG 2.1.4); none works while text is being typed, save those with `global`.
   */
  readonly shortcuts?: readonly string[];
  /** The shortcut works in text fields too. */
  readonly global?: boolean;
  readonly enabled: (editor: Editor) => boolean;
  /** Whether it is on, for commands that switch something. */
  readonly checked?: (editor: Editor) => boolean;
  readonly run: (editor: Editor, args: A) => void | Promise<void>;
}

export const always = () => true;

export function hasSelection(editor: Editor): boolean {
  return editor.ui.getState().selection.nodes.length > 0;
}
