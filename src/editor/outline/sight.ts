/** Which nodes the outline shows, so that their values are computed; large graphs are watched where they are in sight. */
import type { NodeId } from '../../compiler/document.ts';

export interface Sight {
  readonly nodesInSight: () => readonly NodeId[];
  readonly onSight: (listener: () => void) => () => void;
}

export interface OutlineSight extends Sight {
  show(nodes: readonly NodeId[]): void;
}

export function createSight(): OutlineSight {
  let shown: readonly NodeId[] = [];
  const listeners = new Set<() => void>();
  return {
    nodesInSight: () => shown,
    onSight(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show(nodes) {
      if (nodes.length === shown.length && nodes.every((id, at) => id === shown[at])) return;
      shown = nodes;
      for (const listener of listeners) listener();
    },
  };
}

export const outlineSight = createSight();

export function joinSights(...sights: readonly Sight[]): Sight {
  return {
    nodesInSight: () => [...new Set(sights.flatMap((sight) => sight.nodesInSight()))],
    onSight(listener) {
      const ends = sights.map((sight) => sight.onSight(listener));
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
