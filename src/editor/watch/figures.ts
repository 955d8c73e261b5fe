/** The latest of a value or a gradient in words. */
import type { ProbeView } from '../../runtime/telemetry-hub.ts';
import { statOf } from '../canvas/paint-strip.ts';
import { formatFigure } from '../widgets/format.ts';

/** `[1.00, 2.00; 3.00, 4.00]`: axes but the last are parted by semicolons. */
export function formatNumbers(numbers: ArrayLike<number>, shape: readonly number[]): string {
  const all = Array.from(numbers, (value) => formatFigure(value));
  if (shape.length === 0) return all[0] ?? '';
  const width = shape.at(-1) ?? 1;
  const rows: string[] = [];
  for (let at = 0; at < all.length; at += width) rows.push(all.slice(at, at + width).join(', '));
  return `[${rows.join('; ')}]`;
}

/** All numbers of a small one, mean and range of a large one. */
export function shortFigures(view: ProbeView | null, of: 'value' | 'gradient'): string {
  if (!view) return '–';
  if (view.elements && view.elements.length <= 4) return formatNumbers(view.elements, view.entry.shape);
  if (of === 'gradient') return `norm ${formatFigure(statOf(view, 'norm'))}`;
  return `${formatFigure(statOf(view, 'mean'))} ± ${formatFigure(statOf(view, 'std'))}`;
}
