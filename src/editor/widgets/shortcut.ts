import type { Command } from '../commands/command.ts';
import { shortcutText } from '../commands/keymap.ts';

/** The keys of a command as they are shown; undefined where it has none. */
export function shortcutOf(command: Pick<Command, 'shortcuts'>): string | undefined {
  const [first] = command.shortcuts ?? [];
  return first === undefined ? undefined : shortcutText(first);
}
