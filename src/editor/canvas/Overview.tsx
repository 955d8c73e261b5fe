import { MiniMap, Panel } from '@xyflow/react';
import { Maximize, Minus, Plus, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Command } from '../commands/command.ts';
import { shortcutText } from '../commands/keymap.ts';
import { tidy } from '../commands/layout.ts';
import { fitView, zoomIn, zoomOut } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import type { FlowNode } from './flow-nodes.ts';

const classOf = (node: FlowNode) => `map-${node.data.role}`;

function CommandButton({ command, children }: { readonly command: Command; readonly children: ReactNode }) {
  const [shortcut] = command.shortcuts ?? [];
  const hint = shortcut ? ` (${shortcutText(shortcut)})` : '';
  return (
    <button
      type="button"
      title={command.label + hint}
      aria-label={command.label}
      onClick={() => void command.run(editor)}
    >
      {children}
    </button>
  );
}

/** The whole graph small, and how to get about in it. */
export function Overview() {
  return (
    <>
      <MiniMap<FlowNode>
        position="bottom-right"
        pannable
        zoomable
        onClick={(_, { x, y }) => editor.view.lookAt({ ...editor.view.look(), x, y })}
        className="minimap"
        nodeClassName={classOf}
        nodeBorderRadius={8}
        nodeStrokeWidth={0}
        ariaLabel="Map of the graph"
      />
      <Panel position="bottom-right" className="zoom-controls">
        <CommandButton command={zoomOut}>
          <Minus size={14} />
        </CommandButton>
        <CommandButton command={zoomIn}>
          <Plus size={14} />
        </CommandButton>
        <CommandButton command={fitView}>
          <Maximize size={14} />
        </CommandButton>
        <CommandButton command={tidy}>
          <Workflow size={14} />
        </CommandButton>
      </Panel>
    </>
  );
}
