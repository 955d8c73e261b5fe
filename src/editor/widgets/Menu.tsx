import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import type { Command } from '../commands/command.ts';
import { editor } from '../store/editor.ts';
import { Key } from './Button.tsx';
import { shortcutOf } from './shortcut.ts';

export const ITEM =
  'flex min-h-7 select-none items-center gap-2 rounded-md px-2 outline-none data-[highlighted]:bg-panel-2 data-[disabled]:opacity-45';

interface MenuProps {
  readonly trigger: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string;
  readonly children: ReactNode;
}

/** Not modal: hiding the page from assistive technology would leave what can be focused in it hidden as well. */
export function Menu({ trigger, align = 'start', className = 'w-56', children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={`fade scroll-thin z-50 max-h-(--radix-dropdown-menu-content-available-height) overflow-y-auto rounded-lg border border-line bg-panel p-1 shadow-float ${className}`}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  readonly icon?: ReactNode;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuItem({ icon, shortcut, disabled, onSelect, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={ITEM} disabled={disabled} onSelect={onSelect}>
      <span className="flex w-4 shrink-0 justify-center text-muted">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut && <Key>{shortcut}</Key>}
    </DropdownMenu.Item>
  );
}

/** A command as an entry of a menu. */
export function MenuCommand({ command, icon }: { readonly command: Command; readonly icon?: ReactNode }) {
  return (
    <MenuItem
      icon={icon}
      shortcut={shortcutOf(command)}
      disabled={!command.enabled(editor)}
      onSelect={() => void command.run(editor)}
    >
      {command.label}
    </MenuItem>
  );
}

export function MenuCheck({
  checked,
  shortcut,
  onChange,
  children,
}: {
  checked: boolean;
  shortcut?: string | undefined;
  onChange: (next: boolean) => void;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.CheckboxItem className={ITEM} checked={checked} onCheckedChange={onChange}>
      <Mark />
      <span className="flex-1">{children}</span>
      {shortcut && <Key>{shortcut}</Key>}
    </DropdownMenu.CheckboxItem>
  );
}

interface MenuChoicesProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[];
  readonly onChange: (value: T) => void;
}

export function MenuChoices<T extends string>({ label, value, choices, onChange }: MenuChoicesProps<T>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      <MenuLabel>{label}</MenuLabel>
      {choices.map((choice) => (
        <DropdownMenu.RadioItem key={choice.value} value={choice.value} className={ITEM}>
          <Mark />
          <span className="flex-1">{choice.label}</span>
          {choice.hint && <span className="text-faint text-sm">{choice.hint}</span>}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <DropdownMenu.Label className="label-caps px-2 pt-1.5 pb-0.5">{children}</DropdownMenu.Label>;
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}

function Mark() {
  return (
    <span className="flex w-4 shrink-0 justify-center">
      <DropdownMenu.ItemIndicator>
        <Check size={14} />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}
