import { BaseEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { portKey } from '../../compiler/result.ts';
import { printType } from '../../compiler/types.ts';
import { BreakpointDot } from '../breakpoints/BreakpointDot.tsx';
import { editor } from '../store/editor.ts';
import { wireTitle } from '../store/gradient-names.ts';
import { stepKey } from '../store/highlight.ts';
import { useDocumentState, useHighlight } from '../store/hooks.ts';
import { routePath } from './curves.ts';
import { type FlowEdge, labelBox, routeOf } from './flow-edges.ts';
import { useBlock } from './level.ts';

/** `dloss/dW1 → step.x: f32[64,10]` */
function Title({ id }: { readonly id: string }) {
  const title = useDocumentState(({ document: { graph }, check }) => {
    const edge = graph.edges[id];
    if (!edge) return '';
    const type = check.types.get(portKey(edge.source.node, edge.source.port));
    return `${wireTitle(graph, editor.registry, edge)}${type ? `: ${printType(type)}` : ''}`;
  });
  return <title>{title}</title>;
}

/** Half the side of the squares at the ends of a wire that does not fit. */
const END = 4;

/** A wire with its arrowhead and, where there is room, the type of its value. */
export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, data, selected } = props;
  const block = useBlock();
  const onPath = useHighlight((highlight) => highlight?.steps.has(stepKey(source, target)) ?? false);
  if (!data) return null;
  const { role, wrong, blocked, label } = data;
  const route = routeOf({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data);
  const look = wrong ? 'wrong' : blocked ? 'blocked' : role;
  const box = label === null ? null : labelBox(route, label);
  return (
    <g className="wire" data-look={look} data-selected={selected || undefined} data-path={onPath || undefined}>
      {!block && <Title id={id} />}
      <BaseEdge path={routePath(route)} markerEnd={`url(#arrow-${look})`} interactionWidth={16} />
      {wrong &&
        [sourceX, targetX].map((x, at) => (
          <rect
            key={at === 0 ? 'source' : 'target'}
            className="wire-end"
            x={x - END}
            y={(at === 0 ? sourceY : targetY) - END}
            width={2 * END}
            height={2 * END}
          />
        ))}
      <BreakpointDot node={source} port={props.sourceHandleId ?? ''} x={sourceX + 12} y={sourceY} />
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
