import { Command as Menu } from 'cmdk';
import { Check } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useMemo, useState } from 'react';
import { commands } from '../commands/all.ts';
import type { Command } from '../commands/command.ts';
import { savedViews } from '../commands/saved-views.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Key } from '../widgets/Button.tsx';
import { leaveFocus, useDialogFocus } from '../widgets/focus-dialog.ts';
import { NoItem } from '../widgets/NoItem.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { findCommands } from './search.ts';

const close = () => editor.ui.set({ dialog: null });

/** Every command, found by its words, with its keys. */
export function CommandPalette() {
  const open = useUi((state) => state.dialog === 'commands');
  const focus = useDialogFocus(leaveFocus);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="rise fixed inset-x-2 top-[min(14vh,120px)] z-40 mx-auto max-w-lg overflow-hidden rounded-xl border border-line bg-panel shadow-float"
        >
          <Dialog.Title className="sr-only">Commands</Dialog.Title>
          <Commands />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** A view is called by the name it was given. */
function labelOf(command: Command): string {
  const view = /^view\.go-(\d)$/.exec(command.id)?.[1];
  const name = view && savedViews(editor)[view]?.name;
  return name ? `Go to ${name}` : command.label;
}

function Commands() {
  const [query, setQuery] = useState('');
  // What can be done depends on what was selected when it opened.
  const [offered] = useState(() =>
    commands
      .filter((command) => command.enabled(editor) && command.id !== 'help.commands')
      .map((command) => ({ ...command, label: labelOf(command) })),
  );
  const found = useMemo(() => findCommands(offered, query), [offered, query]);
  return (
    <Menu label="Commands" shouldFilter={false} loop>
      <Menu.Input
        value={query}
        onValueChange={setQuery}
        placeholder="What do you want to do?"
        className="h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
      />
      <Menu.List className="scroll-thin max-h-[min(56vh,440px)] overflow-y-auto p-1">
        <NoItem>No command is called “{query}”.</NoItem>
        {found.map((command) => (
          <Menu.Item
            key={command.id}
            value={command.id}
            onSelect={() => {
              close();
              void command.run(editor);
            }}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
          >
            <span className="min-w-0 truncate">{command.label}</span>
            {command.checked?.(editor) && <Check size={14} aria-label="on" className="text-muted" />}
            <span className="ml-auto shrink-0 text-faint text-sm max-wide:hidden">{command.group}</span>
            {shortcutOf(command) && <Key>{shortcutOf(command)}</Key>}
          </Menu.Item>
        ))}
      </Menu.List>
    </Menu>
  );
}
