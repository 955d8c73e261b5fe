import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useMemo, useState } from 'react';
import { operatorTitle } from '../../compiler/modules.ts';
import { commands } from '../commands/all.ts';
import { placeOperator } from '../commands/modules.ts';
import { searchRecords, usePaletteModules } from '../modules/palette-modules.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Key } from '../widgets/Button.tsx';
import { leaveFocus, useDialogFocus } from '../widgets/focus-dialog.ts';
import { shortcutOf } from '../widgets/shortcut.ts';
import { searchCommands } from './search.ts';

/** Search for an operator by keyboard; Enter places it where the search was opened. */
export function SearchDialog() {
  const open = useUi((state) => state.dialog === 'search');
  const focus = useDialogFocus(leaveFocus);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && dismiss()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="rise fixed inset-x-2 top-[min(14vh,120px)] z-40 mx-auto max-w-md overflow-hidden rounded-xl border border-line bg-panel shadow-float"
        >
          <Dialog.Title className="sr-only">Add an operator</Dialog.Title>
          <OperatorSearch />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function OperatorSearch() {
  const [query, setQuery] = useState('');
  const at = useUi((state) => state.searchAt);
  const modules = usePaletteModules();
  const found = useMemo(() => searchRecords(editor.registry, modules, query), [modules, query]);
  const doing = useMemo(() => searchCommands(commands, query).filter((command) => command.enabled(editor)), [query]);
  return (
    <Command label="Add an operator" shouldFilter={false} loop>
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder="Name in ONNX, Theano, NumPy or PyTorch"
        className="h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
      />
      <Command.List className="scroll-thin max-h-[min(50vh,384px)] overflow-y-auto p-1">
        <Command.Empty className="px-3 py-4 text-muted">Nothing is called “{query}”.</Command.Empty>
        {found.map(({ record, alias }) => (
          <Command.Item
            key={record.name}
            value={record.name}
            onSelect={() => {
              close();
              void placeOperator.run(editor, { op: record.name, at });
            }}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
          >
            <span aria-hidden="true" className="w-5 shrink-0 text-center font-serif text-muted">
              {record.glyph}
            </span>
            <span className="shrink-0 font-medium">{operatorTitle(record, record.name)}</span>
            {alias && <span className="min-w-0 truncate text-faint">{alias}</span>}
            <span className="min-w-0 flex-1 basis-24 truncate text-muted text-sm max-wide:hidden">
              {record.doc.summary}
            </span>
            <span className="ml-auto shrink-0 text-faint text-sm">{record.category}</span>
          </Command.Item>
        ))}
        {doing.map((command) => (
          <Command.Item
            key={command.id}
            value={command.id}
            onSelect={() => {
              dismiss();
              void command.run(editor);
            }}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
          >
            <span aria-hidden="true" className="w-5 shrink-0 text-center text-muted">
              ›
            </span>
            <span className="min-w-0 truncate font-medium">{command.label}</span>
            {shortcutOf(command) && <Key>{shortcutOf(command)}</Key>}
            <span className="ml-auto shrink-0 text-faint text-sm">Command</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}

/** Nothing was chosen: a wire that was to end there is given up too. */
function dismiss() {
  close();
  editor.ui.set({ connecting: null });
}

function close() {
  editor.ui.set({ dialog: null, searchAt: null });
}
