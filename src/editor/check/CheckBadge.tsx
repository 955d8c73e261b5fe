import type { NodeId } from '../../compiler/document.ts';
import { formatFigure } from '../widgets/format.ts';
import { useGradientCheck } from './check-store.ts';
import { verdictText } from './Verdict.tsx';

const COLOUR = { pass: 'text-muted', unclear: 'text-warning', fail: 'text-error' } as const;
const WORDS = { pass: 'agrees with', unclear: 'is at a kink for', fail: 'differs from' } as const;

/** On a parameter whose gradient was checked. */
export function CheckBadge({ node }: { readonly node: NodeId }) {
  const found = useGradientCheck(node);
  if (!found) return null;
  const percent = found.error < 0.001 ? '<0.1%' : found.error < 10 ? `${(found.error * 100).toFixed(1)}%` : '≫';
  return (
    <span
      className={`ml-auto shrink-0 text-xs ${COLOUR[found.verdict]}`}
      title={`The gradient ${WORDS[found.verdict]} finite differences; largest relative error ${formatFigure(found.error, 2)}`}
      data-verdict={found.verdict}
    >
      {verdictText(found.verdict)}
      {percent}
    </span>
  );
}
