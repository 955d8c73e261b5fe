import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { editor } from '../store/editor.ts';
import { announcer } from './announcer.ts';
import { followEditor } from './follow.ts';

/** The one place where things are said. Text that stays the same is written anew, or it would not be heard again. */
export function LiveRegion() {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const ends = [
      followEditor(editor, announcer),
      announcer.subscribe((text) => {
        const region = element.current;
        if (!region) return;
        region.textContent = region.textContent === text ? `${text}\u00a0` : text;
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  // Beside the page: what is behind a dialog is hidden.
  return createPortal(
    <p ref={element} role="status" aria-live="polite" data-testid="live-region" className="sr-only" />,
    document.body,
  );
}
