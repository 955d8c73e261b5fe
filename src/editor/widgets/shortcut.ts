import type { Command } from '../commands/command.ts';
import { shortcutText } from '../commands/keymap.ts';
import { editor } from '../store/editor.ts';
import { shortcutsOf } from '../store/key-bindings.ts';

/** The keys of a command as they are shown; undefined where it has none. */
export function shortcutOf(command: Pick<Command, 'id' | 'shortcuts'>): string | undefined {
  const [first] = shortcutsOf(command, editor.keys.getState());
  return first === undefined ? undefined : shortcutText(first);
}
