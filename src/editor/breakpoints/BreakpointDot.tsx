import './breakpoints.css';
import { useStore } from 'zustand/react';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';
import { paused } from './breakpoint-store.ts';

type State = 'on' | 'off' | 'hit' | null;

/** What breakpoints say of a value of the open sheet. */
function useBreakpoint(node: NodeId, port: string): State {
  const set = useDocumentState(({ document, path }): State => {
    const all = document.layout.breakpoints;
    if (!all) return null;
    const sheet = path.join('/');
    const here = Object.values(all).filter(
      ({ at, path: own = [] }) => at?.node === node && at.port === port && own.join('/') === sheet,
    );
    return here.length === 0 ? null : here.some(({ disabled }) => !disabled) ? 'on' : 'off';
  });
  const tensor = useStore(paused, (state) => state.hit?.tensor ?? null);
  const path = useDocumentState((state) => state.path);
  if (!tensor || tensor.port !== port) return set;
  const { idOf } = flatten(editor.whole.getState().document, editor.registry);
  return tensor.node === idOf(path, node) ? 'hit' : set;
}

interface BreakpointDotProps {
  readonly node: NodeId;
  readonly port: string;
  readonly x: number;
  readonly y: number;
}

const TITLES = { on: 'Breakpoint', off: 'Breakpoint, switched off', hit: 'Training paused here' } as const;

/** Marks a wire whose value has a breakpoint, or at which training paused. */
export function BreakpointDot({ node, port, x, y }: BreakpointDotProps) {
  const state = useBreakpoint(node, port);
  return (
    state && (
      <circle className="wire-breakpoint" data-breakpoint={state} cx={x} cy={y} r={state === 'hit' ? 7 : 5}>
        <title>{TITLES[state]}</title>
      </circle>
    )
  );
}
