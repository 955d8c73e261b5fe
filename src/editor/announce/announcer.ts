/**
 * What is said to those who listen instead of looking: politely, one sentence at a time and never more often than they can
 * follow. Of one topic only the latest is said.
 */

export interface Announcer {
  say(topic: string, text: string): void;
  /** Calls `listener` with what is to be said now. The result ends it. */
  subscribe(listener: (text: string) => void): () => void;
}

/** Long enough for a short sentence. */
const PAUSE_MS = 1500;
/** What happens within it is said once. */
const SETTLE_MS = 400;

export function createAnnouncer(): Announcer {
  const waiting = new Map<string, string>();
  const listeners = new Set<(text: string) => void>();
  let isResting = false;

  function rest(milliseconds: number) {
    isResting = true;
    setTimeout(next, milliseconds);
  }

  function next() {
    isResting = false;
    const [first] = waiting;
    if (!first) return;
    waiting.delete(first[0]);
    for (const listener of listeners) listener(first[1]);
    rest(PAUSE_MS);
  }

  return {
    say(topic, text) {
      waiting.delete(topic);
      waiting.set(topic, text);
      if (!isResting) rest(SETTLE_MS);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const announcer = createAnnouncer();

export const announce = announcer.say;
