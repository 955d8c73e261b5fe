import { BaseEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { routePath } from './curves.ts';
import { type FlowEdge, labelBox, routeOf } from './flow-edges.ts';

/** A wire with its arrowhead and, where there is room, the type of its value. */
export const Wire = memo(function Wire({ sourceX, sourceY, targetX, targetY, data, selected }: EdgeProps<FlowEdge>) {
  if (!data) return null;
  const { role, wrong, blocked, label, lane } = data;
  const route = routeOf({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, lane);
  const look = wrong ? 'wrong' : blocked ? 'blocked' : role;
  const box = label === null ? null : labelBox(route, label);
  return (
    <g className="wire" data-look={look} data-selected={selected || undefined}>
      <BaseEdge path={routePath(route)} markerEnd={`url(#arrow-${look})`} interactionWidth={16} />
      {box && (
        <>
          <rect className="wire-label-back" x={box.x} y={box.y} width={box.width} height={box.height} />
          <text className="wire-label" x={box.x + box.width / 2} y={box.y + box.height / 2}>
            {label}
          </text>
        </>
      )}
    </g>
  );
});

const LOOKS = ['forward', 'backward', 'update', 'wrong', 'blocked'] as const;

/** The arrowheads that wires refer to; once a page. */
export function ArrowHeads() {
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute size-0">
      <defs>
        {LOOKS.map((look) => (
          <marker
            key={look}
            id={`arrow-${look}`}
            viewBox="0 0 8 8"
            refX={3}
            refY={4}
            markerWidth={8}
            markerHeight={8}
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path className="arrow" data-look={look} d="M0,0.5L8,4L0,7.5Z" />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
