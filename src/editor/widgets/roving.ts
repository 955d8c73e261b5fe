/** A list that is one stop of the Tab key: arrows, Home and End move among its `[data-item]` elements. */
import type { KeyboardEvent } from 'react';

export function moveByArrows(event: KeyboardEvent<HTMLElement>) {
  const items = itemsOf(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  const next = moves[event.key];
  if (next === undefined || at < 0) return;
  event.preventDefault();
  focusItem(event.currentTarget, next);
}

export function focusItem(list: HTMLElement | null, index: number) {
  if (!list) return;
  const items = itemsOf(list);
  const target = items[Math.min(Math.max(index, 0), items.length - 1)];
  for (const item of items) item.tabIndex = item === target ? 0 : -1;
  target?.focus();
}

function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-item]')];
}
