import { Pencil, RotateCcw, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand/react';
import { commands } from '../commands/all.ts';
import type { Command, CommandGroup } from '../commands/command.ts';
import { conflictsOf, isKept, shortcutOfKey, shortcutText } from '../commands/keymap.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { isSingleKey, shortcutsOf } from '../store/key-bindings.ts';
import { Button, IconButton, Key } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Toggle } from '../widgets/Toggle.tsx';

const GROUPS: readonly CommandGroup[] = ['Create', 'Edit', 'Select', 'Arrange', 'View', 'Train', 'File', 'Help'];

/** All shortcuts, which can be changed here. */
export function ShortcutsDialog() {
  const open = useUi((state) => state.dialog === 'shortcuts');
  const [editing, setEditing] = useState(false);
  const keys = useStore(editor.keys);
  const close = () => {
    setEditing(false);
    editor.ui.set({ dialog: null });
  };
  const isChanged = Object.keys(keys.bindings).length > 0;
  return (
    <Modal
      open={open}
      onClose={close}
      title="Keyboard shortcuts"
      description="Keys without Ctrl or ⌘ work while the canvas has the keyboard."
      className="max-w-3xl"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-3">
        <span className="flex items-center gap-2">
          <Toggle id="single-keys" checked={keys.singleKeys} onChange={(on) => editor.keys.setSingleKeys(on)} />
          <label htmlFor="single-keys">Single letters, digits and signs</label>
        </span>
        <span className="ml-auto flex gap-2">
          {editing && (
            <Button disabled={!isChanged} onClick={() => editor.keys.reset()}>
              <RotateCcw size={14} />
              Reset all
            </Button>
          )}
          <Button aria-pressed={editing} onClick={() => setEditing(!editing)}>
            <Pencil size={14} />
            {editing ? 'Done' : 'Change keys'}
          </Button>
        </span>
      </div>
      <div className={editing ? '' : 'gap-6 sm:columns-2'}>
        {GROUPS.map((group) => (
          <Group key={group} group={group} editing={editing} />
        ))}
      </div>
    </Modal>
  );
}

function Group({ group, editing }: { readonly group: CommandGroup; readonly editing: boolean }) {
  const keys = useStore(editor.keys);
  const members = commands.filter(
    (command) => command.group === group && (editing || shortcutsOf(command, keys).length > 0),
  );
  if (members.length === 0) return null;
  return (
    <section className="break-inside-avoid pb-3">
      <h3 className="label-caps pb-1">{group}</h3>
      {editing ? (
        <ul>
          {members.map((command) => (
            <EditedRow key={command.id} command={command} />
          ))}
        </ul>
      ) : (
        <dl>
          {members.map((command) => (
            <div key={command.id} className="flex min-h-6 items-center justify-between gap-2">
              <dt className="text-muted">{command.label}</dt>
              <dd className="shrink-0">
                {shortcutsOf(command, keys).map((shortcut) => (
                  <Key key={shortcut}>{shortcutText(shortcut)}</Key>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function EditedRow({ command }: { readonly command: Command }) {
  const keys = useStore(editor.keys);
  const [listening, setListening] = useState(false);
  const own = keys.bindings[command.id];
  const bound = own ?? command.shortcuts ?? [];
  const conflicts = bound.flatMap((shortcut) =>
    conflictsOf(shortcut, command, commands, keys).map(({ label }) => `${shortcutText(shortcut)} is also “${label}”`),
  );
  const kept = bound.filter(isKept).map((shortcut) => `${shortcutText(shortcut)} belongs to the browser`);
  const off = keys.singleKeys
    ? []
    : bound.filter(isSingleKey).map((shortcut) => `${shortcutText(shortcut)} is switched off`);
  const notes = [...conflicts, ...kept, ...off];

  const listen = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (!listening || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    const shortcut = event.key === 'Escape' ? null : shortcutOfKey(event.nativeEvent);
    if (event.key !== 'Escape' && shortcut === null) return;
    setListening(false);
    if (shortcut !== null) editor.keys.bind(command.id, [shortcut]);
  };

  return (
    <li className="border-line border-t py-1 first:border-t-0">
      <div className="flex min-h-8 items-center gap-2">
        <span className="min-w-0 flex-1">{command.label}</span>
        <Button
          className="min-w-28 justify-center"
          aria-label={`${command.label}: ${bound.map(shortcutText).join(' or ') || 'no key'}. Press to change`}
          onClick={() => setListening(true)}
          onKeyDown={listen}
          onBlur={() => setListening(false)}
        >
          {listening ? (
            <span className="text-muted">Press keys…</span>
          ) : bound.length > 0 ? (
            bound.map((shortcut) => <Key key={shortcut}>{shortcutText(shortcut)}</Key>)
          ) : (
            <span className="text-faint">None</span>
          )}
        </Button>
        <IconButton
          label={`No key for ${command.label}`}
          disabled={bound.length === 0}
          onClick={() => editor.keys.bind(command.id, [])}
        >
          <X size={14} />
        </IconButton>
        <IconButton
          label={`Reset ${command.label}`}
          disabled={own === undefined}
          onClick={() => editor.keys.bind(command.id, null)}
        >
          <RotateCcw size={14} />
        </IconButton>
      </div>
      {notes.length > 0 && (
        <p role="status" className="text-sm text-warning">
          {notes.join('. ')}.
        </p>
      )}
    </li>
  );
}
