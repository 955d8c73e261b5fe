import { ViewportPortal } from '@xyflow/react';
import { memo } from 'react';
import type { derivedWires } from './derived-wires.ts';

/** Under the nodes; the derived layers are looked at, not edited, so their wires take no part in React Flow. */
export const DerivedWires = memo(function DerivedWires({ wires, ties }: ReturnType<typeof derivedWires>) {
  if (wires.length === 0 && ties.length === 0) return null;
  return (
    <ViewportPortal>
      <svg className="derived-wires" aria-hidden="true">
        {ties.map(({ id, from, to }) => (
          <path key={id} className="tie" d={`M${from.x},${from.y}L${to.x},${to.y}`} />
        ))}
        {wires.map(({ id, role, path }) => (
          <path key={id} className="derived-wire" data-look={role} d={path} markerEnd={`url(#arrow-${role})`} />
        ))}
      </svg>
    </ViewportPortal>
  );
});
