import { commands } from '../commands/all.ts';
import type { CommandGroup } from '../commands/command.ts';
import { shortcutText } from '../commands/keymap.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Key } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';

const GROUPS: readonly CommandGroup[] = ['Create', 'Edit', 'Select', 'Arrange', 'View', 'Train', 'File', 'Help'];

export function ShortcutsDialog() {
  const open = useUi((state) => state.dialog === 'shortcuts');
  return (
    <Modal
      open={open}
      onClose={() => editor.ui.set({ dialog: null })}
      title="Keyboard shortcuts"
      description="Keys without Ctrl or ⌘ work while the canvas has the keyboard."
      className="max-w-3xl"
    >
      <div className="gap-6 sm:columns-2">
        {GROUPS.map((group) => (
          <Group key={group} group={group} />
        ))}
      </div>
    </Modal>
  );
}

function Group({ group }: { readonly group: CommandGroup }) {
  const members = commands.filter((command) => command.group === group && command.shortcuts?.length);
  if (members.length === 0) return null;
  return (
    <section className="break-inside-avoid pb-3">
      <h3 className="label-caps pb-1">{group}</h3>
      <dl>
        {members.map((command) => (
          <div key={command.id} className="flex min-h-6 items-center justify-between gap-2">
            <dt className="text-muted">{command.label}</dt>
            <dd className="shrink-0">
              {command.shortcuts?.map((shortcut) => (
                <Key key={shortcut}>{shortcutText(shortcut)}</Key>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
