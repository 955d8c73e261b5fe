import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { DerivedNode as Derived, DerivedGraph } from '../../compiler/result.ts';
import { printType } from '../../compiler/types.ts';
import { derivative } from '../store/gradient-names.ts';
import { useCostName, useNode, useSession } from '../store/hooks.ts';
import type { FlowNode } from './flow-nodes.ts';
import { Strip } from './Strip.tsx';

const indexes = new WeakMap<DerivedGraph, ReadonlyMap<string, Derived>>();

function find(graph: DerivedGraph, id: string): Derived | undefined {
  let index = indexes.get(graph);
  if (!index) {
    index = new Map(graph.nodes.map((node) => [node.id, node]));
    indexes.set(graph, index);
  }
  return index.get(id);
}

/** The ghost of a forward node: what the compiler derived from it. It is read, never edited. */
export const DerivedNode = memo(function DerivedNode({ id }: NodeProps<FlowNode>) {
  const node = useSession((state) => find(state.derived, id));
  const of = useNode(node?.of ?? '');
  const cost = useCostName();
  if (!node) return null;
  const gradient = cost && of ? derivative(cost, of.name) : null;
  const type = node.type ? printType(node.type) : '';
  const isGradient = node.role === 'backward';
  return (
    <div className="op-node derived" data-role={node.role}>
      <div className="node-title">
        <span className="node-glyph" aria-hidden="true">
          {isGradient ? '∇' : '↻'}
        </span>
        <span className="node-name" title={gradient ? `${node.title}: ${gradient}` : node.title}>
          {node.title}
        </span>
      </div>
      <div className="node-type" title={gradient ? `${gradient}: ${type}` : type}>
        <span className="node-type-text">{type}</span>
      </div>
      {!isGradient && gradient && <span className="derived-gradient">{gradient}</span>}
      <Strip node={node.of} port={null} variant={isGradient ? 'gradient' : 'parameter'} />
    </div>
  );
});
