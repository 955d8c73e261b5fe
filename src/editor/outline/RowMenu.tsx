import { Ellipsis } from 'lucide-react';
import type { NodeId } from '../../compiler/document.ts';
import { duplicate } from '../commands/clipboard.ts';
import { connectPort, connectSelected, disconnectAll } from '../commands/connect-list.ts';
import { deleteNode } from '../commands/nodes.ts';
import { reveal } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { Menu, MenuItem, MenuLine } from '../widgets/Menu.tsx';
import type { PortRow } from './rows.ts';

interface RowMenuProps {
  readonly node: NodeId;
  readonly name: string;
  readonly port?: PortRow;
  /** The Tab stop of the outline is here. */
  readonly here: boolean;
  readonly narrow: boolean;
  readonly onFocus: () => void;
  readonly onInspect: () => void;
  readonly onRename: () => void;
}

/** What can be done with a node or a port, one press away. */
export function RowMenu({ node, name, port, here, narrow, onFocus, onInspect, onRename }: RowMenuProps) {
  const select = (run: () => void) => () => {
    editor.ui.select([node]);
    run();
  };
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={`Actions for ${name}`}
          tabIndex={here ? 0 : -1}
          data-place={here ? 'here' : undefined}
          className="flex size-7 items-center justify-center rounded-md text-muted hover:bg-panel-2 hover:text-ink max-wide:size-11"
          onFocus={onFocus}
        >
          <Ellipsis size={16} />
        </button>
      }
    >
      {port ? (
        <>
          <MenuItem onSelect={() => void connectPort.run(editor, port)}>
            {port.side === 'source' ? 'Connect to…' : 'Connect from…'}
          </MenuItem>
          <MenuItem
            disabled={port.wires.length === 0}
            onSelect={() => void disconnectAll.run(editor, { edges: port.wires })}
          >
            Disconnect
          </MenuItem>
        </>
      ) : (
        <>
          <MenuItem onSelect={select(onInspect)}>Inspect</MenuItem>
          <MenuItem onSelect={select(() => void connectSelected.run(editor))}>{connectSelected.label}</MenuItem>
          <MenuItem onSelect={onRename}>Rename</MenuItem>
          <MenuItem onSelect={select(() => void duplicate.run(editor))}>{duplicate.label}</MenuItem>
          <MenuItem
            onSelect={() => {
              if (narrow || editor.ui.getState().view === 'outline') editor.ui.set({ view: 'canvas' });
              // The canvas may have to be there first.
              setTimeout(() => void reveal.run(editor, { node }), 50);
            }}
          >
            Show on the canvas
          </MenuItem>
          <MenuLine />
          <MenuItem onSelect={() => void deleteNode.run(editor, { node })}>Delete</MenuItem>
        </>
      )}
    </Menu>
  );
}
