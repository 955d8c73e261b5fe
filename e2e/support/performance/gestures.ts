/** The same movements for both pages, one event a frame, and how long the frames took. */

export interface Bench {
  /** Opens the graph; the milliseconds until it is drawn. */
  open(): Promise<number>;
  lookAt(x: number, y: number, zoom: number): void;
  /** Milliseconds of each frame. */
  pan(frames: number): Promise<number[]>;
  drag(node: string, frames: number): Promise<number[]>;
  /** Begins or ends the stream of values, where the page has one. */
  stream?(on: boolean): void;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

export const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

async function frames(count: number, step: (at: number) => void): Promise<number[]> {
  const times: number[] = [];
  let last = await nextFrame();
  for (let at = 0; at < count; at++) {
    step(at);
    const now = await nextFrame();
    times.push(now - last);
    last = now;
  }
  return times;
}

function find(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`There is no ${selector}`);
  return element;
}

/** Back and forth, ending where it began after 30 frames, so that what comes into sight and goes out of it is alike on both pages. */
const way = (at: number) => (Math.floor(at / 15) % 2 === 0 ? 1 : -1);

export function pan(count: number): Promise<number[]> {
  const pane = find('.react-flow__pane');
  const { x, y, width, height } = pane.getBoundingClientRect();
  return frames(count, (at) => {
    const place = { clientX: x + width / 2, clientY: y + height / 2 };
    const delta = { deltaX: 24 * way(at), deltaY: 10 * way(at) };
    pane.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, ...place, ...delta }));
  });
}

export async function drag(id: string, count: number): Promise<number[]> {
  const node = find(`.react-flow__node[data-id="${id}"]`);
  const box = node.getBoundingClientRect();
  let x = box.x + box.width / 2;
  let y = box.y + Math.min(12, box.height / 3);
  const event = (type: string, target: EventTarget, buttons: number) =>
    target.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y, buttons }),
    );
  event('mousedown', node, 1);
  const times = await frames(count, (at) => {
    x += 3 * way(at);
    y += 2 * way(at);
    event('mousemove', window, 1);
  });
  event('mouseup', window, 0);
  await nextFrame();
  return times;
}

/** The pages are measured once they have drawn and have nothing left to do. */
export async function settled(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await nextFrame();
}
