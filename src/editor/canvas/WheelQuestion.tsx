import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand/react';
import { askPointer, choosePointer } from '../commands/canvas-settings.ts';
import { editor } from '../store/editor.ts';
import { Button, IconButton } from '../widgets/Button.tsx';

/** Trackpads pan and mice zoom, and a page cannot tell which it is: it asks once, when the wheel is first turned. */
export function WheelQuestion() {
  const asking = useStore(editor.canvas, (state) => state.asking);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const canvas = place.current?.closest('[data-canvas]');
    const onWheel = (event: Event) => {
      // With Ctrl, as by pinching, it zooms in any case.
      const isScroll = event instanceof WheelEvent && !event.ctrlKey && !event.metaKey;
      const isGraph = event.target instanceof Element && event.target.closest('.react-flow') !== null;
      if (isScroll && isGraph && askPointer.enabled(editor)) void askPointer.run(editor);
    };
    canvas?.addEventListener('wheel', onWheel, { passive: true, capture: true });
    return () => canvas?.removeEventListener('wheel', onWheel, { capture: true });
  }, []);
  return (
    <div ref={place} className="wheel-question" aria-live="polite">
      {asking && (
        <section
          aria-label="What the wheel does"
          className="rise flex items-center gap-2 rounded-lg border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-float max-wide:flex-wrap"
        >
          <p>What do you scroll with?</p>
          <Button onClick={() => void choosePointer.run(editor, { pointer: 'trackpad' })}>
            Trackpad: scrolling pans
          </Button>
          <Button onClick={() => void choosePointer.run(editor, { pointer: 'mouse' })}>Mouse: the wheel zooms</Button>
          <IconButton label="Leave it as it is" onClick={() => editor.canvas.set({ asking: false })}>
            <X size={16} />
          </IconButton>
        </section>
      )}
    </div>
  );
}
