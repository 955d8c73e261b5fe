/** Time, which tests replace. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Lets waiting messages be handled. */
  breathe(): Promise<void>;
  /** Calls `action` once after `ms`, unless cancelled by calling what is returned. */
  after(ms: number, action: () => void): () => void;
}

/** A channel to oneself: timers nested deeper than five are held up for 4 ms each time. */
function breatheByMessage(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

export function realClock(): Clock {
  return {
    now: () => performance.now(),
    // In Node an open channel would keep the process alive.
    breathe:
      typeof setImmediate === 'function' ? () => new Promise((resolve) => setImmediate(resolve)) : breatheByMessage(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  };
}
