import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand/react';
import { Button, IconButton } from '../widgets/Button.tsx';
import { onTick } from '../widgets/tick.ts';
import { STEPS } from './steps.ts';
import { tour } from './tour-store.ts';

const GAP = 12;
const MARGIN = 8;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of the first selector that has any in sight; of several controls the one nearest to the middle of the window. */
function boxOf(anchors: readonly string[]): Box | null {
  for (const anchor of anchors) {
    const boxes = [...document.querySelectorAll(anchor)]
      .map((element) => element.getBoundingClientRect())
      .filter(({ width, height, left, top, right, bottom }) => {
        const isInside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
        return width > 0 && height > 0 && isInside;
      });
    const distance = ({ left, top, right, bottom }: Box) =>
      Math.hypot((left + right - innerWidth) / 2, (top + bottom - innerHeight) / 2);
    const [nearest] = boxes.sort((a, b) => distance(a) - distance(b));
    if (nearest) return nearest;
  }
  return null;
}

/** Below, above, to the right or to the left of the control, where there is room; else over its lower part. */
export function placeBeside(
  { left, top, right, bottom }: Box,
  size: { readonly width: number; readonly height: number },
  room: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  const clampX = (x: number) => Math.max(MARGIN, Math.min(x, room.width - size.width - MARGIN));
  const clampY = (y: number) => Math.max(MARGIN, Math.min(y, room.height - size.height - MARGIN));
  const x = clampX((left + right - size.width) / 2);
  const y = clampY((top + bottom - size.height) / 2);
  if (bottom + GAP + size.height + MARGIN <= room.height) return { x, y: bottom + GAP };
  if (top - GAP - size.height >= MARGIN) return { x, y: top - GAP - size.height };
  if (right + GAP + size.width + MARGIN <= room.width) return { x: right + GAP, y };
  if (left - GAP - size.width >= MARGIN) return { x: left - GAP - size.width, y };
  return { x, y: clampY(bottom - GAP - size.height) };
}

/** A card beside one control after the other. The page can be used meanwhile. */
export function Tour() {
  const { running, step } = useStore(tour);
  return running ? <Card key={step} step={step} /> : null;
}

function Card({ step }: { readonly step: number }) {
  const card = useRef<HTMLDivElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const { title, text, anchors } = STEPS[step] as (typeof STEPS)[number];
  const last = step === STEPS.length - 1;
  useEffect(() => {
    // Panels open and close, and the graph moves.
    const place = () => {
      if (!card.current || !ring.current) return;
      const { offsetWidth: width, offsetHeight: height } = card.current;
      const box = boxOf(anchors);
      const room = { width: innerWidth, height: innerHeight };
      const middle = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      const { x, y } = placeBeside(box ?? middle, { width, height }, room);
      card.current.style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
      card.current.style.visibility = 'visible';
      ring.current.style.display = box ? 'block' : 'none';
      if (!box) return;
      const left = Math.max(2, box.left - 3);
      const top = Math.max(2, box.top - 3);
      ring.current.style.translate = `${left}px ${top}px`;
      ring.current.style.width = `${Math.min(innerWidth - 2, box.right + 3) - left}px`;
      ring.current.style.height = `${Math.min(innerHeight - 2, box.bottom + 3) - top}px`;
    };
    place();
    return onTick(place);
  }, [anchors]);
  // After it has its place, because what is not visible takes no focus; and again after a dialog that closes gave its own back.
  useEffect(() => {
    const focus = () => next.current?.focus({ preventScroll: true });
    focus();
    const timer = setTimeout(focus, 100);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <div
        ref={ring}
        aria-hidden="true"
        className="pointer-events-none fixed top-0 left-0 z-30 hidden rounded-xl border-2 border-ink"
      />
      <div
        ref={card}
        role="dialog"
        aria-labelledby="tour-title"
        aria-describedby="tour-text"
        className="invisible fixed top-0 left-0 z-30 w-72 max-w-[calc(100vw-16px)] rounded-xl border border-line-strong bg-panel p-3 shadow-float"
        onKeyDown={(event) => {
          if (event.key === 'Escape') tour.leave();
          else if (event.key === 'ArrowRight') tour.move(1);
          else if (event.key === 'ArrowLeft') tour.move(-1);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <div className="flex items-start gap-2">
          <h2 id="tour-title" className="min-w-0 flex-1 font-semibold text-lg">
            {title}
          </h2>
          <IconButton label="Leave the tour" shortcut="Esc" onClick={() => tour.leave()}>
            <X size={16} />
          </IconButton>
        </div>
        <p id="tour-text" className="text-muted">
          {text}
        </p>
        <div className="mt-3 flex items-center gap-2">
          <span className="flex-1 text-faint text-sm">
            {step + 1} of {STEPS.length}
          </span>
          {step > 0 && <Button onClick={() => tour.move(-1)}>Back</Button>}
          <Button ref={next} kind="primary" onClick={() => tour.move(1)}>
            {last ? 'Done' : 'Next'}
          </Button>
        </div>
      </div>
    </>
  );
}
