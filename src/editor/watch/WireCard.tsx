import { useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from 'zustand/react';
import { PROBE_ELEMENTS } from '../../compiler/plan.ts';
import { printType } from '../../compiler/types.ts';
import { useNode, usePortType, useSession, useStale } from '../store/hooks.ts';
import { bindCard } from './card-events.ts';
import { type Card, card } from './card-store.ts';
import { Reading } from './Reading.tsx';
import { watches } from './watch-store.ts';

const GAP = 14;
const MARGIN = 8;

/** What a wire carries, beside the pointer or the port that has the keyboard. It takes no pointer itself. */
export function WireCard() {
  const shown = useStore(card, (state) => state.shown);
  useEffect(() => bindCard(), []);
  return shown ? createPortal(<Content key={`${shown.node}.${shown.port}`} {...shown} />, document.body) : null;
}

/** Whether a value is small enough for all of its numbers to be shown, at the batch size that trains. */
export function useIsSmall(node: string, port: string): boolean {
  const type = usePortType(node, port);
  const size = type?.shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : Number.NaN), 1);
  return size !== undefined && size <= PROBE_ELEMENTS;
}

/** Whether the cost has a gradient by what the node computes. */
export function useHasGradient(node: string): boolean {
  return useSession((state) => state.derived.nodes.some(({ of, id }) => of === node && id.startsWith('backward:')));
}

function Content({ node, port, target, x, y }: Card) {
  const element = useRef<HTMLDivElement>(null);
  const source = useNode(node);
  const end = useNode(target?.node ?? '');
  const type = usePortType(node, port);
  const small = useIsSmall(node, port);
  const stale = useStale();
  const pinned = useStore(watches, (state) => state.pins.some((pin) => pin.node === node && pin.port === port));
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const { width, height } = box.getBoundingClientRect();
    const left = x + GAP + width + MARGIN > window.innerWidth ? x - GAP - width : x + GAP;
    const top = y + GAP + height + MARGIN > window.innerHeight ? y - GAP - height : y + GAP;
    box.style.left = `${Math.max(MARGIN, left)}px`;
    box.style.top = `${Math.max(MARGIN, top)}px`;
  }, [x, y]);
  if (!source) return null;
  return (
    <div
      ref={element}
      role="tooltip"
      className="fade pointer-events-none fixed z-30 flex w-76 flex-col gap-1.5 rounded-lg border border-line bg-panel p-2.5 shadow-float"
    >
      <p className="break-words">
        <span className="font-medium">{source.name}</span>
        {end && (
          <span className="text-muted">
            {' '}
            → {end.name}.{target?.port}
          </span>
        )}{' '}
        <span className="whitespace-nowrap font-mono text-muted text-sm">{type ? printType(type) : ''}</span>
      </p>
      <Reading node={node} port={port} of="value" numbers={small} />
      <Gradient node={node} port={port} small={small} />
      <p className="text-faint text-sm">{stale ? 'Before the last edit' : pinned ? 'Pinned' : 'Click pins it'}</p>
    </div>
  );
}

function Gradient({ node, port, small }: { readonly node: string; readonly port: string; readonly small: boolean }) {
  const has = useHasGradient(node);
  return has ? (
    <Reading node={node} port={port} of="gradient" numbers={small} />
  ) : (
    <p className="text-faint text-sm">The cost has no gradient here.</p>
  );
}
