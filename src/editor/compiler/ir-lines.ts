/** The text of a function, line by line, with the node each line comes from. */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Role } from '../../compiler/ir.ts';

export interface IrLine {
  /** Of the whole text, from 1. */
  readonly number: number;
  readonly text: string;
  /** What is said of the origin at the end of the line, without the separator. */
  readonly origin: string | null;
  readonly role: Role | null;
  readonly node: NodeId | null;
}

const EQUATION = /^(.*) ; ((.*) (forward|backward|update))$/;
const SOURCE = / = (?:parameter|input) (.*)$/;
/** A node of a drawing that was resolved, by its name. */
const DRAWN = /^ {2}(.*?) = /;
const STATE = / (?:= )?state (.*?)(?: %\d+)?$/;

/** A slot of state is called after its node: `W1`, or `W1.momentum_buffer`. */
function ownerOf(slot: string, nodes: ReadonlyMap<string, NodeId>): NodeId | null {
  return nodes.get(slot) ?? nodes.get(slot.slice(0, slot.lastIndexOf('.'))) ?? null;
}

export function irLines(text: string, { nodes }: GraphDocument['graph']): IrLine[] {
  const byName = new Map(Object.values(nodes).map(({ name, id }) => [name, id]));
  return text
    .trimEnd()
    .split('\n')
    .map((line, at) => {
      const number = at + 1;
      const [, equation, origin, name = '', role] = EQUATION.exec(line) ?? [];
      if (equation !== undefined && origin !== undefined) {
        return { number, text: equation, origin, role: role as Role, node: byName.get(name) ?? null };
      }
      const drawn = text.startsWith('drawing\n') ? DRAWN.exec(line)?.[1] : undefined;
      if (drawn !== undefined) return { number, text: line, origin: null, role: null, node: byName.get(drawn) ?? null };
      const slot = (SOURCE.exec(line) ?? STATE.exec(line))?.[1];
      return { number, text: line, origin: null, role: null, node: slot === undefined ? null : ownerOf(slot, byName) };
    });
}
