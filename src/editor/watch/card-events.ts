/** When the card of a wire shows: under the pointer, and at the port that has the keyboard. A click on a wire pins it. */
import type { NodeId } from '../../compiler/document.ts';
import { editor } from '../store/editor.ts';
import { type Card, card } from './card-store.ts';
import { watches } from './watch-store.ts';

/** The pointer rests on a wire before its card comes; crossing it shows nothing. */
const REST_MS = 180;
/** A pointer that moved further was dragging. */
const CLICK = 4;

function wireAt(target: EventTarget | null): Omit<Card, 'x' | 'y'> | null {
  const id = (target as Element | null)?.closest?.<HTMLElement>('.react-flow__edge')?.dataset.id;
  const edge = id === undefined ? undefined : editor.document.getState().document.graph.edges[id];
  return edge ? { ...edge.source, target: edge.target } : null;
}

function portAt(target: EventTarget | null): Omit<Card, 'x' | 'y'> | null {
  const port = (target as Element | null)?.closest?.<HTMLElement>('.react-flow__handle');
  const { nodeid: node, handleid: name } = port?.dataset ?? {};
  if (!port || !node || !name) return null;
  const wires = Object.values(editor.document.getState().document.graph.edges);
  const isSource = port.classList.contains('source');
  const found = wires.filter(({ source, target }) => {
    const end = isSource ? source : target;
    return end.node === node && end.port === name;
  });
  const [only] = found;
  if (!isSource) return only ? { ...only.source, target: only.target } : null;
  return { node, port: name, target: found.length === 1 && only ? only.target : null };
}

export function pinHere(node: NodeId, port: string) {
  watches.pin({ path: editor.document.getState().path, node, port });
}

/** Listens to what happens on the canvas, whenever there is one, until what is returned is called. */
export function bindCard(page: Document = document): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let down = { x: 0, y: 0 };
  const hide = () => {
    clearTimeout(timer);
    if (card.getState().shown) card.setState({ shown: null });
  };
  const show = (what: Omit<Card, 'x' | 'y'> | null, x: number, y: number, after: number) => {
    clearTimeout(timer);
    if (!what) return hide();
    timer = setTimeout(() => card.setState({ shown: { ...what, x, y } }), after);
  };

  page.addEventListener(
    'pointerover',
    ({ target, clientX, clientY, buttons, pointerType }) => {
      if (pointerType === 'touch') return;
      show(buttons === 0 ? wireAt(target) : null, clientX, clientY, REST_MS);
    },
    { signal },
  );
  page.addEventListener('wheel', hide, { signal, passive: true });
  page.addEventListener(
    'pointerdown',
    ({ clientX, clientY }) => {
      down = { x: clientX, y: clientY };
      hide();
    },
    { signal },
  );
  page.addEventListener(
    'click',
    ({ target, clientX, clientY, shiftKey, ctrlKey, metaKey }) => {
      const wire = wireAt(target);
      const isDrag = Math.hypot(clientX - down.x, clientY - down.y) > CLICK;
      if (!wire || isDrag || shiftKey || ctrlKey || metaKey || editor.ui.getState().connecting) return;
      pinHere(wire.node, wire.port);
      show(wire, clientX, clientY, 0);
    },
    { signal },
  );
  page.addEventListener(
    'focusin',
    ({ target }) => {
      const port = portAt(target);
      if (!port || !(target as Element).matches(':focus-visible')) return hide();
      const { left, bottom } = (target as Element).getBoundingClientRect();
      show(port, left, bottom, 0);
    },
    { signal },
  );
  page.addEventListener('focusout', hide, { signal });
  window.addEventListener('keydown', ({ key }) => key === 'Escape' && hide(), { signal });
  return () => {
    stop.abort();
    hide();
  };
}
