/** What a gesture shows while it goes on. */
import { createStore } from 'zustand/vanilla';
import type { Point } from '../../store/create-editor.ts';
import type { Rect } from '../geometry.ts';
import type { Guide } from '../snapping.ts';

interface Feedback {
  readonly guides: readonly Guide[];
  /** Where copies would be put. */
  readonly ghosts: readonly Rect[];
  /** The line that cuts wires, in canvas pixels. */
  readonly cut: readonly Point[];
}

const NOTHING: Feedback = { guides: [], ghosts: [], cut: [] };

export const feedback = createStore<Feedback>(() => NOTHING);

export function clearFeedback(): void {
  const { guides, ghosts, cut } = feedback.getState();
  if (guides.length + ghosts.length + cut.length > 0) feedback.setState(NOTHING);
}
