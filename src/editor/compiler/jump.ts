import type { NodeId } from '../../compiler/document.ts';
import { reveal } from '../commands/view.ts';
import { isNarrow } from '../shell/use-narrow.ts';
import { editor } from '../store/editor.ts';
import { NO_PANELS } from '../store/ui-store.ts';

/** Shows a node from a panel; where that covers the canvas, it closes. */
export function jumpTo(node: NodeId) {
  if (isNarrow()) editor.ui.set({ panels: NO_PANELS });
  void reveal.run(editor, { node, flat: true });
}
