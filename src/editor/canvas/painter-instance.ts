/** The painter of the page. */
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { createPainter } from './painter.ts';

export const painter = createPainter({
  hub,
  // The curve of the loss is that of the whole run: of an earlier moment the value counts.
  cost: () => (hub.isPast ? null : editor.document.getState().check.cost),
  isStill: () => !editor.ui.getState().motion,
});
