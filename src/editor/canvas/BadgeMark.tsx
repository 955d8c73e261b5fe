import type { Badge } from '../../compiler/op.ts';

/** A tensor between two bars that is drawn out; a value that passes into another form. */
const PATHS: Readonly<Record<Badge['kind'], string>> = {
  broadcast: 'M1.5 2.5v7M10.5 2.5v7M3 6h6M4.5 4.5 3 6l1.5 1.5M7.5 4.5 9 6 7.5 7.5',
  cast: 'M1.5 4h8M7.5 2l2 2-2 2M10.5 8h-8M4.5 6l-2 2 2 2',
};

/** Tells that something happens without being drawn. Its words are in the node's name too, for those who hear the graph. */
export function BadgeMark({ kind, title }: { readonly kind: Badge['kind']; readonly title?: string }) {
  return (
    <span className="node-badge" title={title} data-badge={kind} aria-hidden="true">
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <path d={PATHS[kind]} fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </span>
  );
}
