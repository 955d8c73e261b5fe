/** Which lesson is open and which checkpoints are done, remembered in the browser. */
import { createStore } from 'zustand/vanilla';
import type { KeyValueStorage } from '../store/ui-store.ts';

interface Progress {
  /** Checkpoints that are done, by lesson. */
  readonly done: Readonly<Record<string, readonly string[]>>;
  /** The drawing that each lesson was begun in, by lesson. */
  readonly drawings: Readonly<Record<string, string>>;
}

export interface CourseState extends Progress {
  /** Whether the panel is there. */
  readonly shown: boolean;
  /** The lesson whose drawing is open; null shows the list of lessons. */
  readonly lesson: string | null;
  /** What the first open checkpoint says of the drawing as it is. */
  readonly hint: string | null;
}

const KEY = 'wiregrad.course';

function listsOf(value: unknown): Progress['done'] {
  if (typeof value !== 'object' || value === null) return {};
  const isList = (list: unknown) => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return Object.fromEntries(Object.entries(value).filter(([, list]) => isList(list)));
}

function textsOf(value: unknown): Progress['drawings'] {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'));
}

function recall(storage: KeyValueStorage | null): Progress {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? '{}') as { done?: unknown; drawings?: unknown } | null;
    return { done: listsOf(kept?.done), drawings: textsOf(kept?.drawings) };
  } catch {
    return { done: {}, drawings: {} };
  }
}

export function createCourse(storage: KeyValueStorage | null = null) {
  const store = createStore<CourseState>(() => ({ shown: false, lesson: null, hint: null, ...recall(storage) }));
  const keep = (part: Partial<Progress>) => {
    store.setState(part);
    const { done, drawings } = store.getState();
    try {
      storage?.setItem(KEY, JSON.stringify({ done, drawings } satisfies Progress));
    } catch {
      // The next visit begins anew.
    }
  };
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    show: () => store.setState({ shown: true }),
    hide: () => store.setState({ shown: false }),
    /** A lesson's drawing was opened. */
    enter: (lesson: string) => store.setState({ lesson, hint: null, shown: true }),
    /** Another drawing was opened, or the list of lessons. */
    leave: () => store.setState({ lesson: null, hint: null }),
    setHint: (hint: string | null) => store.setState({ hint }),
    finish(lesson: string, checkpoint: string) {
      const { done } = store.getState();
      const before = done[lesson] ?? [];
      if (!before.includes(checkpoint)) keep({ done: { ...done, [lesson]: [...before, checkpoint] } });
    },
    /** Which drawing the lesson goes on in. */
    setDrawing(lesson: string, drawing: string) {
      const { drawings } = store.getState();
      if (drawings[lesson] !== drawing) keep({ drawings: { ...drawings, [lesson]: drawing } });
    },
    /** The lesson begins again; its former drawing stays among the drawings. */
    forget(lesson: string) {
      const { done, drawings } = store.getState();
      const { [lesson]: _, ...others } = drawings;
      keep({ done: { ...done, [lesson]: [] }, drawings: others });
    },
  };
}

export const course = createCourse(typeof localStorage === 'undefined' ? null : localStorage);
