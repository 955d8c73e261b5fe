import './frame.css';
import { type NodeProps, useReactFlow } from '@xyflow/react';
import { type MouseEvent, memo, type PointerEvent, useRef, useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { nextFrameColour, resizeFrame } from '../commands/frames.ts';
import { editor } from '../store/editor.ts';
import { useNode, useRecord } from '../store/hooks.ts';
import type { FlowNode } from './flow-nodes.ts';
import { frameSize, GRID, type Size } from './geometry.ts';
import { NodeName } from './NodeName.tsx';

const LEAST: Size = { width: 96, height: 64 };

/** A frame is held by its title; its area lets through what lies on it and below it. */
export const FrameNode = memo(function FrameNode({ id }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const record = useRecord(id);
  const [resized, setResized] = useState<Size | null>(null);
  if (!node || !record) return null;
  const size = frameSize(record, node.attributes);
  return (
    <div className="frame-node" data-colour={String(node.attributes.colour ?? 'grey')} style={resized ?? undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys go to the node around it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the node around it */}
      <div className="frame-title" onClick={(event) => choose(event, id)}>
        <button
          type="button"
          tabIndex={-1}
          className="frame-colour nodrag"
          aria-label="Next colour"
          title="Next colour"
          onClick={() => void nextFrameColour.run(editor, { node: id })}
        />
        <NodeName id={id} name={node.name} />
      </div>
      <ResizeHandle id={id} size={size} onResize={setResized} />
    </div>
  );
});

function choose(event: MouseEvent, id: NodeId) {
  const { nodes } = editor.ui.getState().selection;
  const isAdding = event.shiftKey || event.ctrlKey || event.metaKey;
  if (!isAdding) return editor.ui.select([id]);
  editor.ui.select(nodes.includes(id) ? nodes.filter((other) => other !== id) : [...nodes, id]);
}

interface ResizeProps {
  readonly id: NodeId;
  readonly size: Size;
  /** The size while the corner is dragged; null once the document has it. */
  readonly onResize: (size: Size | null) => void;
}

/** Without dragging, width and height are fields of the inspector. */
function ResizeHandle({ id, size, onResize }: ResizeProps) {
  const { getZoom } = useReactFlow();
  const from = useRef<{ readonly x: number; readonly y: number; last: Size } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, y: event.clientY, last: size };
  };
  const onPointerMove = (event: PointerEvent<HTMLSpanElement>) => {
    if (!from.current) return;
    const grow = (pixels: number) => Math.round(pixels / getZoom() / GRID) * GRID;
    from.current.last = {
      width: Math.max(LEAST.width, size.width + grow(event.clientX - from.current.x)),
      height: Math.max(LEAST.height, size.height + grow(event.clientY - from.current.y)),
    };
    onResize(from.current.last);
  };
  const end = (isDone: boolean) => {
    const last = from.current?.last;
    from.current = null;
    if (last && isDone) void resizeFrame.run(editor, { node: id, ...last });
    onResize(null);
  };
  return (
    <span
      className="frame-resize nodrag"
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => end(true)}
      onPointerCancel={() => end(false)}
    />
  );
}
