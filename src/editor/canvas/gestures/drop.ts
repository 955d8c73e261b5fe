/** What is dropped on the canvas: operators from the palette, and files. */
import type { DragEvent } from 'react';
import { placeOperator } from '../../commands/modules.ts';
import { openBlob } from '../../persistence/documents.ts';
import { editor } from '../../store/editor.ts';

/** The palette drags an operator's name under this type. */
const OPERATOR = 'application/x-wiregrad-op';

export function onDragOver(event: DragEvent<HTMLElement>) {
  const { types } = event.dataTransfer;
  if (!types.includes(OPERATOR) && !types.includes('Files')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
}

export function onDrop(event: DragEvent<HTMLElement>) {
  const op = event.dataTransfer.getData(OPERATOR);
  const [file] = event.dataTransfer.files;
  if (!op && !file) return;
  event.preventDefault();
  if (op) void placeOperator.run(editor, { op, at: editor.view.toCanvas({ x: event.clientX, y: event.clientY }) });
  else if (file) void openBlob(editor, file);
}
