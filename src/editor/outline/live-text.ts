/** The latest value and gradient of a node, in a few characters. */
import type { NodeId } from '../../compiler/document.ts';
import { isScalar, statOf } from '../canvas/paint-strip.ts';
import { hub } from '../session/telemetry.ts';
import { formatFigure } from '../widgets/format.ts';

/** A number, or mean and deviation of many. */
export function valueText(node: NodeId, port?: string): string {
  const view = hub.view(node, 'value', port);
  if (!view) return '–';
  const mean = formatFigure(statOf(view, 'mean'));
  return isScalar(view) ? mean : `${mean} ± ${formatFigure(statOf(view, 'std'))}`;
}

/** A number with its sign, or the norm of many. */
export function gradientText(node: NodeId): string {
  const view = hub.view(node, 'gradient');
  if (!view) return '–';
  return formatFigure(statOf(view, isScalar(view) ? 'mean' : 'norm'));
}
