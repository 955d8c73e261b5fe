import { useEffect, useRef } from 'react';
import { onTick } from './tick.ts';

interface LiveTextProps {
  readonly read: () => string;
  /** Characters it always takes. */
  readonly width?: number;
  readonly className?: string;
}

/** Text that follows training without rendering: the clock writes it where it changed. */
export function LiveText({ read, width, className = '' }: LiveTextProps) {
  const element = useRef<HTMLSpanElement>(null);
  const latest = useRef(read);
  latest.current = read;
  useEffect(
    () =>
      onTick(() => {
        const text = latest.current();
        if (element.current && element.current.textContent !== text) element.current.textContent = text;
      }),
    [],
  );
  return (
    <span
      ref={element}
      className={`inline-block tabular-nums ${className}`}
      style={width ? { minWidth: `${width}ch` } : undefined}
    />
  );
}
