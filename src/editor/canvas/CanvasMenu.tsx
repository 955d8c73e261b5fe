import { Check, ChevronRight } from 'lucide-react';
import { ContextMenu } from 'radix-ui';
import { type MouseEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import type { Command } from '../commands/command.ts';
import { savedViews } from '../commands/saved-views.ts';
import { editor } from '../store/editor.ts';
import { Key } from '../widgets/Button.tsx';
import { ITEM } from '../widgets/Menu.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { edgeAt, nodeAt, portAt } from './gestures/targets.ts';
import { itemsOf, type MenuEntry, type MenuTarget } from './menu-items.ts';

const BOX = 'fade z-50 min-w-52 overflow-y-auto rounded-lg border border-line bg-panel p-1 shadow-float scroll-thin';

/** What was pointed at. A node or wire outside of the selection becomes the selection, so that commands are about it. */
function chooseTarget(element: Element): MenuTarget {
  const port = portAt(element);
  const node = nodeAt(element);
  const edge = edgeAt(element);
  const { selection } = editor.ui.getState();
  if (node && !selection.nodes.includes(node)) editor.ui.select([node]);
  else if (edge && !selection.edges.includes(edge)) editor.ui.select([], [edge]);
  if (port && editor.document.getState().document.graph.nodes[port.node]) return { kind: 'port', end: port };
  return node ? { kind: 'node', node } : edge ? { kind: 'wire', edge } : { kind: 'canvas' };
}

/** The finger that opened the menu is lifted without a click, which would close it again. */
function makeNoClick() {
  const stop = new AbortController();
  const { signal } = stop;
  const end = (event: Event) => {
    if (event.type === 'touchend' && event.cancelable) event.preventDefault();
    stop.abort();
  };
  window.addEventListener('touchend', end, { signal, capture: true, passive: false });
  for (const other of ['touchcancel', 'touchstart']) window.addEventListener(other, end, { signal, capture: true });
}

/** Menus of canvas, node, wire and port: by the right button, a long press, the Menu key or Shift+F10. */
export function CanvasMenu({ children }: { readonly children: ReactNode }) {
  const [target, setTarget] = useState<MenuTarget>({ kind: 'canvas' });
  const [open, setOpen] = useState(false);
  /** What a finger or a pen was put down on. */
  const pressed = useRef<Element | null>(null);

  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const element = event.target as Element;
    // Text has the menu of the browser; with Ctrl or ⌘ the right button cuts wires.
    if (element.closest('input, textarea, .find-bar')) return event.stopPropagation();
    if (event.button === 2 && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return event.stopPropagation();
    }
    setTarget(chooseTarget(element));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    pressed.current = event.pointerType === 'mouse' ? null : (event.target as Element);
  };
  // A touch may become a drag as well, so that it selects only once the menu opens.
  const onOpenChange = (next: boolean) => {
    if (next && pressed.current) {
      setTarget(chooseTarget(pressed.current));
      makeNoClick();
    }
    setOpen(next);
  };

  return (
    <ContextMenu.Root onOpenChange={onOpenChange} modal={false}>
      <ContextMenu.Trigger asChild onContextMenuCapture={onContextMenu} onPointerDownCapture={onPointerDown}>
        {children}
      </ContextMenu.Trigger>
      {open && (
        <ContextMenu.Portal>
          <ContextMenu.Content
            className={BOX}
            ref={focusFirst}
            aria-label="Canvas menu"
            collisionPadding={8}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              if (!editor.ui.getState().dialog && !editor.ui.getState().renaming && !editor.canvas.getState().search) {
                editor.view.focus(target.kind === 'node' ? target.node : undefined);
              }
            }}
          >
            <Entries entries={itemsOf(editor, target)} />
          </ContextMenu.Content>
        </ContextMenu.Portal>
      )}
    </ContextMenu.Root>
  );
}

/** Opened by pointer, too, an item has the keyboard: the menu itself is none that could be pressed. */
function focusFirst(menu: HTMLElement | null): void {
  // The menu takes the focus once it is there.
  requestAnimationFrame(() => {
    menu?.querySelector<HTMLElement>('[role^="menuitem"]:not([data-disabled])')?.focus({ preventScroll: true });
  });
}

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  return entries.map((entry, at) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else that tells them apart, and none moves
    if (entry === 'line') return <ContextMenu.Separator key={at} className="my-1 h-px bg-line" />;
    if ('entries' in entry) {
      return (
        <ContextMenu.Sub key={entry.label}>
          <ContextMenu.SubTrigger className={ITEM}>
            <span className="min-w-0 flex-1 truncate pl-1">{entry.label}</span>
            <ChevronRight size={14} className="text-faint" />
          </ContextMenu.SubTrigger>
          <ContextMenu.Portal>
            <ContextMenu.SubContent className={BOX} collisionPadding={8}>
              <Entries entries={entry.entries} />
            </ContextMenu.SubContent>
          </ContextMenu.Portal>
        </ContextMenu.Sub>
      );
    }
    return 'run' in entry && 'id' in entry ? (
      <CommandItem key={entry.id} command={entry} />
    ) : (
      <ContextMenu.Item key={entry.label} className={ITEM} onSelect={entry.run}>
        <span className="min-w-0 flex-1 truncate pl-1">{entry.label}</span>
      </ContextMenu.Item>
    );
  });
}

function CommandItem({ command }: { readonly command: Command }) {
  const shortcut = shortcutOf(command);
  const view = /^view\.go-(\d)$/.exec(command.id)?.[1];
  const label = (view && savedViews(editor)[view]?.name) || command.label;
  const isOn = command.checked?.(editor) ?? false;
  return (
    <ContextMenu.Item
      className={ITEM}
      disabled={!command.enabled(editor)}
      onSelect={() => void command.run(editor)}
      {...(command.checked && { role: 'menuitemcheckbox', 'aria-checked': isOn })}
    >
      <span className="min-w-0 flex-1 truncate pl-1">{label}</span>
      {isOn && <Check size={14} />}
      {shortcut && <Key>{shortcut}</Key>}
    </ContextMenu.Item>
  );
}
