/** The clock of what is painted outside React: ten times a second at most, and not while the page is hidden. */

const INTERVAL_MS = 100;
const painters = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  if (document.hidden) return;
  requestAnimationFrame(() => {
    for (const paint of painters) paint();
  });
}

/** Calls `paint` with every tick, and once at the next frame. The result ends it. */
export function onTick(paint: () => void): () => void {
  painters.add(paint);
  timer ??= setInterval(tick, INTERVAL_MS);
  const first = requestAnimationFrame(paint);
  return () => {
    painters.delete(paint);
    cancelAnimationFrame(first);
    if (painters.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
