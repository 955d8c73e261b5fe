import { Panel } from '@xyflow/react';
import { Maximize, Minus, Plus, Workflow } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Command } from '../commands/command.ts';
import { tidy } from '../commands/layout.ts';
import { fitView, zoomIn, zoomOut } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { shortcutOf } from '../widgets/shortcut.ts';
import { ViewsMenu } from './ViewsMenu.tsx';

function CommandButton({ command, children }: { readonly command: Command; readonly children: ReactNode }) {
  const shortcut = shortcutOf(command);
  const hint = shortcut ? ` (${shortcut})` : '';
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

/** How to get about in the graph. */
export const ZoomControls = memo(function ZoomControls() {
  return (
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
      <ViewsMenu />
    </Panel>
  );
});
