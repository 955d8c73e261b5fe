import type { GraphDocument } from '../../compiler/document.ts';
import type { OpKind, Registry } from '../../compiler/op.ts';
import { boundsOf, rectOf } from '../canvas/geometry.ts';

const MARGIN = 24;

const HUES: Partial<Record<OpKind, string>> = {
  parameter: 'var(--update)',
  optimizer: 'var(--update)',
  gradient: 'var(--backward)',
  note: 'var(--faint)',
};

interface GraphPreviewProps {
  readonly document: GraphDocument;
  readonly registry: Registry;
  readonly className?: string;
}

/** A document's layout in miniature; decoration, so hidden from screen readers. */
export function GraphPreview({ document, registry, className = '' }: GraphPreviewProps) {
  const { nodes, edges } = document.graph;
  const rects = new Map(Object.keys(nodes).map((id) => [id, rectOf(document, registry, id)]));
  const bounds = boundsOf([...rects.values()]);
  if (!bounds) return <svg className={className} aria-hidden="true" />;
  const { x, y, width, height } = bounds;
  const frame = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN];
  return (
    <svg className={className} viewBox={frame.join(' ')} aria-hidden="true">
      {Object.values(edges).map((edge) => {
        const from = rects.get(edge.source.node);
        const to = rects.get(edge.target.node);
        if (!from || !to) return null;
        const start = from.x + from.width;
        const bend = Math.max(Math.abs(to.x - start) / 2, MARGIN);
        const y1 = from.y + from.height / 2;
        const y2 = to.y + to.height / 2;
        return (
          <path
            key={edge.id}
            d={`M${start} ${y1}C${start + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`}
            fill="none"
            stroke="var(--border-strong)"
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
      {Object.values(nodes).map((node) => (
        <rect
          key={node.id}
          {...rects.get(node.id)}
          rx="12"
          fill="var(--node)"
          stroke={HUES[registry.get(node.op)?.kind ?? 'operator'] ?? 'var(--forward)'}
          strokeWidth="1.25"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
