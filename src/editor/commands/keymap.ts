/** Which key runs which command, and when keys are left alone. */
import type { Editor } from '../store/create-editor.ts';
import { type KeysState, shortcutsOf } from '../store/key-bindings.ts';
import type { Command } from './command.ts';

const CANVAS = '[data-canvas]';
const LEAVES = '[role="treeitem"], [role="row"], [role="gridcell"]';

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
}

/** The modifiers and the key of a shortcut; the key may be the plus sign itself. */
function partsOf(shortcut: string): string[] {
  return shortcut.endsWith('+') ? [...shortcut.slice(0, -1).split('+').filter(Boolean), '+'] : shortcut.split('+');
}

function matches(shortcut: string, event: KeyboardEvent): boolean {
  const parts = partsOf(shortcut);
  const key = parts.pop() ?? '';
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const other = isMac() ? event.ctrlKey : event.metaKey;
  if (other || mod !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false;
  // Shift makes signs of digits, on each keyboard others: the key itself counts.
  if (/^\d$/.test(key)) return event.code === `Digit${key}` && event.shiftKey === parts.includes('Shift');
  // Signs need Shift on some keyboards and not on others, so only the sign counts.
  const isSign = key.length === 1 && !/[A-Za-z]/.test(key);
  if (!isSign && event.shiftKey !== parts.includes('Shift')) return false;
  return (event.key === ' ' ? 'Space' : event.key).toLowerCase() === key.toLowerCase();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null;
}

/**
 * Shortcuts with `Mod` work anywhere on the page outside of text fields and dialogs; all others belong to the canvas.
 * Editing keys spare text that is selected elsewhere on the page.
 */
function isAllowed(command: Command, shortcut: string, event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (shortcut.includes('Mod+') && command.global) return true;
  // Function keys are no text, so those may leave a field.
  if (/F\d+$/.test(shortcut) && command.global) return !target?.closest('[role="dialog"], dialog');
  if (isTyping(event.target) || target?.closest('[role="dialog"], dialog')) return false;
  const onCanvas = target?.closest(CANVAS) !== null && target !== null;
  if (!shortcut.includes('Mod+')) return onCanvas && !isControl(target, event.key);
  return onCanvas || window.getSelection()?.isCollapsed !== false || !/Mod\+[CXA]/.test(shortcut);
}

/** Buttons and ports on the canvas keep the keys that work them. */
function isControl(target: Element | null, key: string): boolean {
  // From a node or a row that was come to by keyboard, Tab goes on to what is next on the page.
  if (key === 'Tab' && target?.closest(LEAVES)?.matches(':focus-visible')) return true;
  return (key === 'Enter' || key === ' ' || key === 'Tab') && target?.closest('button, a[href], input') !== null;
}

/** Runs the command of a key. True where the key was used. */
export function handleKey(editor: Editor, commands: readonly Command[], event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  for (const command of commands) {
    const shortcut = shortcutsOf(command, editor.keys.getState()).find((item) => matches(item, event));
    if (!shortcut || !isAllowed(command, shortcut, event) || !command.enabled(editor)) continue;
    event.preventDefault();
    void command.run(editor);
    return true;
  }
  return false;
}

/** Listens to the page's keys. The result stops it. */
export function bindKeys(editor: Editor, commands: readonly Command[]): () => void {
  const onKey = (event: KeyboardEvent) => void handleKey(editor, commands, event);
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

const SIGNS: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
const MAC_SIGNS: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' };

const MODIFIERS: readonly string[] = ['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'CapsLock', 'Dead'];

/** The shortcut that a key with its modifiers is; null for a modifier alone. */
export function shortcutOfKey(event: KeyboardEvent): string | null {
  const { key, code, altKey, shiftKey } = event;
  if (MODIFIERS.includes(key)) return null;
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  const name = digit ?? (key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key);
  const isSign = digit === undefined && name.length === 1 && !/[A-Z]/.test(name);
  return [...(mod ? ['Mod'] : []), ...(altKey ? ['Alt'] : []), ...(shiftKey && !isSign ? ['Shift'] : []), name].join(
    '+',
  );
}

/** Shortcuts that browsers do not let pages have. */
export function isKept(shortcut: string): boolean {
  return /^Mod\+(Shift\+)?[TNW]$/.test(shortcut);
}

/** Other commands that the shortcut runs as well; the first in the list of all would get it. */
export function conflictsOf(
  shortcut: string,
  command: Command,
  commands: readonly Command[],
  keys: KeysState,
): readonly Command[] {
  return commands.filter((other) => other.id !== command.id && shortcutsOf(other, keys).includes(shortcut));
}

/** `Ctrl+Shift+Z`, or `⌘⇧Z` on a Mac. */
export function shortcutText(shortcut: string): string {
  const parts = partsOf(shortcut);
  const names = parts.map(
    (part) => SIGNS[part] ?? (isMac() ? (MAC_SIGNS[part] ?? part) : part === 'Mod' ? 'Ctrl' : part),
  );
  return names.join(isMac() ? '' : '+');
}
