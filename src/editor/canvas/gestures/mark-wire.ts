import type { EdgeId } from '../../../compiler/document.ts';

/** Marks the wire that would take what is held over it. Styles do it: rendering the wire anew would cost more than a class. */
export function markWire(root: Element | null, wire: EdgeId | null): void {
  const marked = root?.querySelector('.react-flow__edge.taking');
  const next = wire === null ? null : root?.querySelector(`.react-flow__edge[data-id="${CSS.escape(wire)}"]`);
  if (marked === next) return;
  marked?.classList.remove('taking');
  next?.classList.add('taking');
}
