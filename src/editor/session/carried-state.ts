/**
 * Which values go on after an edit. A tensor that is trained is called after its node, so renaming the node, making it part
 * of a module or unpacking one gives it another name; what it is stays the same, and is known by the ids of its node.
 */
import type { DocumentNode, NodeId } from '../../compiler/document.ts';
import type { StateSlot } from '../../compiler/plan.ts';

/** The state of a plan, with the nodes of the flat drawing that it is of. */
export interface Trained {
  readonly state: readonly StateSlot[];
  readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
}

/** The instances that lead to a node, and the node. Unpacked nodes have the same way in their id, joined by dots. */
const wayOf = (id: NodeId): readonly string[] => id.split(/[/.]/);

/** How much longer one way is than another that is the same but for further instances; null where it is another way. */
function steps(a: readonly string[], b: readonly string[]): number | null {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let met = 0;
  for (const step of long) if (step === short[met]) met++;
  return met === short.length ? long.length - short.length : null;
}

/** Nodes of `after` that are nodes of `before`, which may have been elsewhere. */
function sameNodes(before: Trained['nodes'], after: Trained['nodes']): ReadonlyMap<NodeId, NodeId> {
  const found = new Map<NodeId, NodeId>();
  for (const id of Object.keys(after)) if (before[id]) found.set(id, id);
  /** By the last part of their ids. */
  const gone = new Map<string, NodeId[]>();
  for (const id of Object.keys(before)) {
    const last = wayOf(id).at(-1) ?? '';
    if (!after[id]) gone.set(last, [...(gone.get(last) ?? []), id]);
  }
  const come = Object.keys(after).filter((id) => !before[id]);
  const pairs = come.flatMap((to) =>
    (gone.get(wayOf(to).at(-1) ?? '') ?? []).flatMap((from) => {
      const distance = before[from]?.op === after[to]?.op ? steps(wayOf(from), wayOf(to)) : null;
      return distance === null ? [] : [{ from, to, distance }];
    }),
  );
  const taken = new Set<NodeId>();
  for (const { from, to } of pairs.toSorted((a, b) => a.distance - b.distance)) {
    if (found.has(to) || taken.has(from)) continue;
    found.set(to, from);
    taken.add(from);
  }
  return found;
}

/** The node that a slot is called after, and what follows its name. */
function ownerOf(
  slot: string,
  ids: ReadonlyMap<string, NodeId>,
): { readonly node: NodeId; readonly rest: string } | null {
  for (let end = slot.length; end > 0; end = slot.lastIndexOf('.', end - 1)) {
    const node = ids.get(slot.slice(0, end));
    if (node !== undefined) return { node, rest: slot.slice(end) };
  }
  return null;
}

const idsByName = (nodes: Trained['nodes']) => new Map(Object.values(nodes).map(({ id, name }) => [name, id] as const));

/** The slots of `before` whose values slots of `after` begin with, by these; the others begin anew. */
export function carriedSlots(before: Trained, after: Trained): Record<string, string> {
  const same = sameNodes(before.nodes, after.nodes);
  const goesOn = new Set(same.values());
  const [idsBefore, idsAfter] = [idsByName(before.nodes), idsByName(after.nodes)];
  const known = new Set(before.state.map(({ id }) => id));
  return Object.fromEntries(
    after.state.flatMap(({ id }) => {
      const owner = ownerOf(id, idsAfter);
      const was = before.nodes[same.get(owner?.node ?? '') ?? ''];
      const from = owner && was ? was.name + owner.rest : id;
      // A node drawn anew takes up what one of its name left.
      const left = from === id && !was ? ownerOf(id, idsBefore) : null;
      const isFree = !left || !goesOn.has(left.node);
      return known.has(from) && isFree ? [[id, from]] : [];
    }),
  );
}
