/** A tap of the space bar opens the search; held, it pans. */
import type { KeyboardEvent } from 'react';
import { openSearch } from '../../commands/view.ts';
import { editor } from '../../store/editor.ts';

const TAP_MS = 250;

let pressed = Number.NEGATIVE_INFINITY;

/** Nodes, ports and buttons have a use of their own for the key. */
function isFree(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('[data-canvas], .react-flow, .react-flow__pane');
}

export function onSpaceDown(event: KeyboardEvent<HTMLElement>) {
  if (event.key === ' ' && !event.repeat && isFree(event.target)) pressed = event.timeStamp;
}

export function onSpaceUp(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== ' ') return;
  const isTap = event.timeStamp - pressed < TAP_MS && isFree(event.target);
  forgetSpace();
  if (isTap) void openSearch.run(editor);
}

/** A key that was held for something else is no tap. */
export function forgetSpace() {
  pressed = Number.NEGATIVE_INFINITY;
}
