/** What breakpoints are called and what they say. */
import type { BreakpointKind } from '../../compiler/plan.ts';
import type { BreakpointHit } from '../../runtime/protocol.ts';
import { elementName } from '../explain/elements.ts';
import { formatCount, formatFigure } from '../widgets/format.ts';

/** Kinds in the order in which they are offered. */
export const KINDS: readonly { readonly when: BreakpointKind; readonly label: string; readonly limit?: number }[] = [
  { when: 'nan', label: 'is not a number (NaN)' },
  { when: 'infinite', label: 'is infinite' },
  { when: 'value-above', label: 'exceeds a size', limit: 100 },
  { when: 'gradient-above', label: 'has a gradient that exceeds a size', limit: 100 },
  { when: 'gradient-zero', label: 'has a gradient of zeros only' },
  { when: 'loss-rises', label: 'Loss rises several times in a row', limit: 5 },
];

const size = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

/** Where training is and why, as two sentences. */
export function describeHit(
  { when, step, tensor, index, value, losses = [] }: BreakpointHit,
  limit: number,
  nameOf: (node: string) => string,
): { readonly title: string; readonly text: string } {
  if (!tensor || index === null) {
    const course = losses.map((loss) => formatFigure(loss)).join(' → ');
    return {
      title: `Paused after step ${formatCount(step)}`,
      text: `The loss rose ${formatCount(losses.length - 1)} times in a row: ${course}.`,
    };
  }
  const title = `Paused before step ${formatCount(step)}`;
  const element = size(tensor.shape) === 1 ? '' : elementName(index, tensor.shape).replaceAll(' ', '');
  const place = `${nameOf(tensor.node)}${element}`;
  const what = tensor.of === 'gradient' ? `The gradient at ${place}` : place;
  if (when === 'gradient-zero') {
    const count = size(tensor.shape);
    const all = count === 1 ? 'zero' : `zero in all its ${formatCount(count)} elements`;
    return { title, text: `The gradient of ${nameOf(tensor.node)} is ${all}.` };
  }
  const above = when === 'value-above' || when === 'gradient-above' ? `, beyond ±${formatFigure(limit)}` : '';
  return { title, text: `${what} is ${formatFigure(value, 4)}${above}.` };
}
