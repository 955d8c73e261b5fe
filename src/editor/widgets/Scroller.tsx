import { type ReactNode, useEffect, useRef, useState } from 'react';

interface ScrollerProps {
  /** What the content is, for those who tab to it. */
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * Content that may be wider than its place and has nothing in it that takes the keyboard: one can tab to it where it scrolls,
 * and only there.
 */
export function Scroller({ label, className = '', children }: ScrollerProps) {
  const host = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const outer = host.current;
    const inner = content.current;
    if (!outer || !inner || typeof ResizeObserver === 'undefined') return;
    const resize = new ResizeObserver(() => setScrolls(outer.scrollWidth > outer.clientWidth));
    resize.observe(outer);
    resize.observe(inner);
    return () => resize.disconnect();
  }, []);
  return (
    <div
      ref={host}
      className={`scroll-thin overflow-x-auto overflow-y-hidden ${className}`}
      {...(scrolls && { tabIndex: 0, role: 'group', 'aria-label': label })}
    >
      <div ref={content} className="inline-block min-w-full">
        {children}
      </div>
    </div>
  );
}
