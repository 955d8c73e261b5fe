import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useNode, useRecord } from '../store/hooks.ts';
import type { FlowNode } from './flow-nodes.ts';
import { noteText } from './geometry.ts';

export const NoteNode = memo(function NoteNode({ id }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const record = useRecord(id);
  if (!node) return null;
  // What is empty could not be found again.
  return <p className="note-node">{noteText(record, node.attributes) || 'Empty note'}</p>;
});
