/** The way that two elements of parameters have gone, as far as it was watched. */
import { flatten } from '../../compiler/flatten.ts';
import type { ProbeEntry } from '../../compiler/plan.ts';
import type { Editor } from '../store/create-editor.ts';
import type { Moment } from '../timeline/frame-history.ts';
import type { ElementOf } from './surface.ts';

function entryOf({ probe }: Moment, node: string): ProbeEntry | undefined {
  return probe.entries.find((entry) => entry.node === node && entry.of === 'value');
}

/** Points in order; empty where the parameters are too large to be kept in full. */
export function pathOf(
  editor: Editor,
  moments: readonly Moment[],
  x: ElementOf,
  y: ElementOf,
): readonly (readonly [number, number])[] {
  const { nodes } = flatten(editor.whole.getState().document, editor.registry).document.graph;
  const idOf = (slot: string) => Object.values(nodes).find(({ name }) => name === slot)?.id ?? '';
  const [xNode, yNode] = [idOf(x.slot), idOf(y.slot)];
  return moments.flatMap((moment): (readonly [number, number])[] => {
    const numberAt = (node: string, element: number): number | undefined => {
      const from = entryOf(moment, node)?.elements;
      return from === undefined ? undefined : moment.frame.outputs.elements?.[from + element];
    };
    const [first, second] = [numberAt(xNode, x.element), numberAt(yNode, y.element)];
    return first === undefined || second === undefined ? [] : [[first, second]];
  });
}
