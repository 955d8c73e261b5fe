import { useEffect, useRef } from 'react';
import { onTick } from '../widgets/tick.ts';

/** Numbers that can be read have to stand still for a while: twice a second at most. */
const INTERVAL_MS = 500;

/** Text that follows training without rendering and without being announced. */
export function LiveCell({ read }: { readonly read: () => string }) {
  const element = useRef<HTMLSpanElement>(null);
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY;
    return onTick(() => {
      const now = performance.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      const text = latest.current();
      if (element.current && element.current.textContent !== text) element.current.textContent = text;
    });
  }, []);
  return <span ref={element} className="truncate tabular-nums" />;
}
