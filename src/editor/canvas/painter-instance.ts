/** The painter of the page. */
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { createPainter } from './painter.ts';

export const painter = createPainter({
  hub,
  cost: () => editor.document.getState().check.cost,
  isStill: () => !editor.ui.getState().motion,
});
