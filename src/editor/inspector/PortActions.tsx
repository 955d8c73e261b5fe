import { Cable, Unplug } from 'lucide-react';
import type { EdgeId } from '../../compiler/document.ts';
import type { PortEnd } from '../commands/compatible-ports.ts';
import { connectPort, disconnectAll } from '../commands/connect-list.ts';
import { editor } from '../store/editor.ts';
import { useNode } from '../store/hooks.ts';
import { IconButton } from '../widgets/Button.tsx';

/** Connecting and disconnecting a port without a drag. */
export function PortActions({ node, port, side, wires }: PortEnd & { readonly wires: readonly EdgeId[] }) {
  const name = `${useNode(node)?.name}.${port}`;
  return (
    <span className="ml-auto flex shrink-0">
      {wires.length > 0 && (
        <IconButton
          side="left"
          label={`Disconnect ${name}`}
          className="size-6!"
          onClick={() => void disconnectAll.run(editor, { edges: wires })}
        >
          <Unplug size={14} />
        </IconButton>
      )}
      <IconButton
        side="left"
        label={`Connect ${name}…`}
        className="size-6!"
        onClick={() => void connectPort.run(editor, { node, port, side })}
      >
        <Cable size={14} />
      </IconButton>
    </span>
  );
}
