import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useMemo, useState } from 'react';
import { operatorTitle } from '../../compiler/modules.ts';
import { printType } from '../../compiler/types.ts';
import { announce } from '../announce/announcer.ts';
import { compatiblePorts, type PortChoice, type PortEnd, portsOf } from '../commands/compatible-ports.ts';
import { connect } from '../commands/wires.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useUi } from '../store/hooks.ts';
import { leaveFocus, useDialogFocus } from '../widgets/focus-dialog.ts';
import { NoItem } from '../widgets/NoItem.tsx';

/** The list of ports that a wire may lead to, searched by typing: wiring for keys, and for pointers that do not drag. */
export function ConnectDialog() {
  const from = useUi((state) => (state.dialog === 'connect' ? state.connecting : null));
  const focus = useDialogFocus(leaveFocus);
  return (
    <Dialog.Root open={from !== null} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="rise fixed inset-x-2 top-[min(14vh,120px)] z-40 mx-auto max-w-md overflow-hidden rounded-xl border border-line bg-panel shadow-float"
        >
          {from && <Choices from={from} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function close() {
  editor.ui.set({ dialog: null, connecting: null });
}

const keyOf = ({ node, port, side }: PortEnd) => `${side} ${node} ${port}`;

const USE = { open: 'open', free: '', wired: 'replaces' } as const;

function Choices({ from }: { readonly from: PortEnd }) {
  const state = useDocumentState((value) => value);
  const { nodes } = state.document.graph;
  const own = useMemo(() => portsOf(state, editor.registry, from.node), [state, from.node]);
  const found = useMemo(() => compatiblePorts(state, editor.registry, from), [state, from]);
  const [query, setQuery] = useState('');
  const name = nodes[from.node]?.name ?? '';
  const titleOf = ({ node }: PortEnd) => {
    const op = nodes[node]?.op ?? '';
    return operatorTitle(editor.registry.get(op), op);
  };
  const textOf = ({ node, port }: PortEnd) => `${nodes[node]?.name}.${port}`;
  const shown = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    const text = ({ node, port }: PortEnd) => `${nodes[node]?.name}.${port} ${nodes[node]?.op}`.toLowerCase();
    return found.filter((to) => text(to).includes(wanted)).slice(0, 200);
  }, [found, query, nodes]);

  const choose = (to: PortChoice) => {
    const end = { node: to.node, port: to.port };
    const start = { node: from.node, port: from.port };
    const [source, target] = from.side === 'source' ? [start, end] : [end, start];
    close();
    void connect.run(editor, { source, target });
    announce('edit', `Connected ${textOf({ ...source, side: 'source' })} to ${textOf({ ...target, side: 'target' })}`);
  };

  return (
    <>
      <header className="flex items-center gap-2 border-b px-4 py-2">
        <Dialog.Title className="shrink-0 font-semibold">Connect {name}</Dialog.Title>
        <label className="ml-auto flex min-w-0 items-center gap-2">
          <span className="text-muted">{from.side === 'source' ? 'From' : 'Into'}</span>
          <select
            className="field min-w-0"
            value={keyOf(from)}
            onChange={(event) => {
              const next = own.find((port) => keyOf(port) === event.target.value);
              if (next) editor.ui.set({ connecting: { node: next.node, port: next.port, side: next.side } });
            }}
          >
            {own.map((port) => (
              <option key={keyOf(port)} value={keyOf(port)}>
                {port.port} ({port.side === 'source' ? 'output' : 'input'})
              </option>
            ))}
          </select>
        </label>
      </header>
      <Command label="Ports that fit" shouldFilter={false} loop>
        <Command.Input
          value={query}
          onValueChange={setQuery}
          autoFocus
          aria-label={`Connect ${textOf(from)} ${from.side === 'source' ? 'to' : 'from'}`}
          placeholder={from.side === 'source' ? 'To which input?' : 'From which output?'}
          className="h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
        />
        <Command.List className="scroll-thin max-h-[min(50vh,384px)] overflow-y-auto p-1">
          <NoItem>
            {found.length === 0
              ? 'No port fits: others would close a loop, or take another dtype.'
              : 'No port is called so.'}
          </NoItem>
          {shown.map((to) => (
            <Command.Item
              key={keyOf(to)}
              value={keyOf(to)}
              onSelect={() => choose(to)}
              className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
            >
              <span className="min-w-0 truncate font-medium">{textOf(to)}</span>
              <span className="min-w-0 truncate text-muted">{titleOf(to)}</span>
              <span className="ml-auto shrink-0 font-mono text-muted text-sm">
                {to.type && printType(to.type)} {to.side === 'target' && USE[to.use]}
              </span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </>
  );
}
