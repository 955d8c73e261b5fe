import { type RefObject, useEffect, useState } from 'react';

const MARGIN = 4;

/** The rows of a long list that are in sight or close to it, and the room that the others take. */
export function useRowsInSight(host: RefObject<HTMLElement | null>, count: number, rowHeight: number) {
  const [range, setRange] = useState({ first: 0, last: 12 });
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN;
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(measure);
    observer?.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer?.disconnect();
    };
  }, [host, rowHeight]);
  const last = Math.min(range.last, count);
  const first = Math.min(range.first, last);
  return { first, last, above: first * rowHeight, below: (count - last) * rowHeight };
}
