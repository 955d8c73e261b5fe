/** What is dropped on the canvas: operators from the palette, onto wires that they fit too, and files. */
import type { DragEvent } from 'react';
import type { EdgeId } from '../../../compiler/document.ts';
import { insertOperator } from '../../commands/insert.ts';
import { placeOperator } from '../../commands/modules.ts';
import { fitWire } from '../../fitting/fitting.ts';
import { draggedOperator } from '../../palette/dragged.ts';
import { openBlob } from '../../persistence/documents.ts';
import { editor } from '../../store/editor.ts';
import { markWire } from './mark-wire.ts';
import { edgeAt } from './targets.ts';

/** The palette drags an operator's name under this type. */
const OPERATOR = 'application/x-wiregrad-op';

/** The answer for the wire that was asked about last: it is asked with every move of the pointer. */
let asked: { readonly edge: EdgeId; readonly op: string; readonly fits: boolean } | null = null;

function fits(edge: EdgeId, op: string): boolean {
  if (asked?.edge !== edge || asked.op !== op) {
    const state = editor.document.getState();
    const wire = state.document.graph.edges[edge];
    asked = { edge, op, fits: wire !== undefined && fitWire(state, editor.registry, wire).has(op) };
  }
  return asked.fits;
}

/** The wire under the pointer, if the operator fits there. */
function takingWire(event: DragEvent<HTMLElement>, op: string | null): EdgeId | null {
  const edge = op === null ? undefined : edgeAt(event.target as Element);
  return edge !== undefined && op !== null && fits(edge, op) ? edge : null;
}

export function onDragOver(event: DragEvent<HTMLElement>) {
  const { types } = event.dataTransfer;
  if (!types.includes(OPERATOR) && !types.includes('Files')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
  if (types.includes(OPERATOR)) markWire(event.currentTarget, takingWire(event, draggedOperator()));
}

export function onDragLeave(event: DragEvent<HTMLElement>) {
  markWire(event.currentTarget, null);
}

export function onDrop(event: DragEvent<HTMLElement>) {
  const op = event.dataTransfer.getData(OPERATOR);
  const [file] = event.dataTransfer.files;
  if (!op && !file) return;
  event.preventDefault();
  // The drawing may have changed since it was asked.
  asked = null;
  const edge = op ? takingWire(event, op) : null;
  markWire(event.currentTarget, null);
  const at = editor.view.toCanvas({ x: event.clientX, y: event.clientY });
  if (edge !== null) void insertOperator.run(editor, { edge, op, at });
  else if (op) void placeOperator.run(editor, { op, at });
  else if (file) void openBlob(editor, file);
}
