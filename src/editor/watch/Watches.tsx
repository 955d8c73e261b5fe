import { Pin as PinIcon, X } from 'lucide-react';
import { useStore } from 'zustand/react';
import { printType } from '../../compiler/types.ts';
import { reveal } from '../commands/view.ts';
import { explainHere } from '../explain/explain-store.ts';
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useNode, usePortType, useWhole } from '../store/hooks.ts';
import { IconButton } from '../widgets/Button.tsx';
import { LiveText } from '../widgets/LiveText.tsx';
import { Bars } from './Bars.tsx';
import { shortFigures } from './figures.ts';
import { useHasGradient } from './WireCard.tsx';
import { type Pin, pinKey, watches } from './watch-store.ts';

/** Pinned values with their latest figures. Nothing where there are none. */
export function Watches() {
  const pins = useStore(watches, (state) => state.pins);
  const path = useDocumentState((state) => state.path);
  const here = pins.filter((pin) => pin.path.join('/') === path.join('/'));
  const elsewhere = pins.length - here.length;
  if (pins.length === 0) return null;
  return (
    <section aria-label="Watches" className="flex max-h-[42%] shrink-0 flex-col border-t">
      <h2 className="flex h-8 shrink-0 items-center gap-1.5 px-4 font-medium">
        <PinIcon size={13} aria-hidden="true" className="text-faint" />
        Watches
        <span className="flex-1" />
        <IconButton label="Remove all watches" className="size-6!" onClick={() => watches.clear()}>
          <X size={14} />
        </IconButton>
      </h2>
      <ul className="scroll-thin min-h-0 overflow-y-auto px-2 pb-2">
        {here.map((pin) => (
          <Watch key={pinKey(pin)} pin={pin} />
        ))}
      </ul>
      {elsewhere > 0 && <p className="px-4 pb-2 text-faint text-sm">{elsewhere} more inside of modules or outside</p>}
    </section>
  );
}

function Watch({ pin }: { readonly pin: Pin }) {
  const { node: id, port } = pin;
  const node = useNode(id);
  const type = usePortType(id, port);
  const several =
    useWhole((state) => editor.registry.get(state.document.graph.nodes[id]?.op ?? '')?.outputs.length ?? 1) > 1;
  const hasGradient = useHasGradient(id);
  if (!node) return null;
  const name = several ? `${node.name}.${port}` : node.name;
  return (
    <li className="rounded-md px-2 py-1 hover:bg-panel-2">
      <div className="flex items-center gap-1">
        <button
          type="button"
          className="min-h-6 min-w-0 flex-1 truncate text-left hover:underline"
          title={`Show ${node.name}`}
          onClick={() => void reveal.run(editor, { node: id })}
        >
          {name} <span className="font-mono text-faint text-sm">{type ? printType(type) : ''}</span>
        </button>
        {hasGradient && (
          <IconButton
            label={`Explain the gradient of ${name}`}
            className="size-6!"
            onClick={() => explainHere(editor, id, port)}
          >
            <span aria-hidden="true" className="font-serif text-backward italic">
              ∂
            </span>
          </IconButton>
        )}
        <IconButton label={`Unpin ${name}`} className="size-6!" onClick={() => watches.unpin(pin)}>
          <X size={13} />
        </IconButton>
      </div>
      <Line node={id} port={port} of="value" />
      {hasGradient && <Line node={id} port={port} of="gradient" />}
    </li>
  );
}

function Line({ node, port, of }: { readonly node: string; readonly port: string; readonly of: 'value' | 'gradient' }) {
  return (
    <div className="flex items-center gap-2 text-sm">
      <span aria-hidden="true" className={of === 'value' ? 'text-forward' : 'text-backward'}>
        {of === 'value' ? '▲' : '▼'}
      </span>
      <span className="sr-only">{of}</span>
      <LiveText className="min-w-0 flex-1 truncate" read={() => shortFigures(hub.view(node, of, port), of)} />
      <Bars node={node} port={port} of={of} width={72} />
    </div>
  );
}
