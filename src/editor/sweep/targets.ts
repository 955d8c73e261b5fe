/** What of a drawing can be varied: numbers among attributes and training options, and sizes that several shapes share. */
import { check } from '../../compiler/compile.ts';
import type { AttributeValue, GraphDocument, NodeId } from '../../compiler/document.ts';
import { completeAttributes, type Registry } from '../../compiler/op.ts';
import { LOOP_GROUPS, type LoopGroup } from '../../compiler/training-options.ts';
import { LABELS } from '../training/words.ts';

/** An axis of a parameter's shape. */
export interface SizeAxis {
  readonly node: NodeId;
  readonly axis: number;
}

export type Target =
  /** A number, or the only one of a list. */
  | { readonly kind: 'attribute'; readonly node: NodeId; readonly attribute: string }
  | { readonly kind: 'training'; readonly group: LoopGroup | null; readonly name: string }
  /** One size in all these places, such as that of a hidden layer. */
  | { readonly kind: 'size'; readonly axes: readonly SizeAxis[] };

export interface Candidate {
  readonly id: string;
  readonly target: Target;
  readonly label: string;
  /** As it is now. */
  readonly value: number;
  readonly whole: boolean;
}

const PLAIN = { batchSize: 'batch size', seed: 'seed' } as const;
/** Checks that looking for sizes that go together may take. */
const CHECKS = 150;

function numberOf(value: AttributeValue | undefined): number | null {
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof only === 'number' && Number.isFinite(only) ? only : null;
}

/** Sizes first, then optimizers, constants, other nodes and training options. */
export function candidates(document: GraphDocument, registry: Registry): Candidate[] {
  return [...sizes(document, registry), ...attributes(document, registry), ...trainingOptions(document)];
}

function attributes({ graph }: GraphDocument, registry: Registry): Candidate[] {
  const rank = { optimizer: 0, constant: 1 } as Readonly<Record<string, number>>;
  const found = Object.values(graph.nodes).flatMap((node) => {
    const record = registry.get(node.op);
    if (!record || record.kind === 'note') return [];
    return Object.entries(completeAttributes(record, node.attributes)).flatMap(([attribute, value]) => {
      const { type } = record.attributes[attribute] ?? {};
      const number = type === 'int' || type === 'float' || type === 'floats' ? numberOf(value as AttributeValue) : null;
      if (number === null) return [];
      const candidate: Candidate = {
        id: `${node.id}.${attribute}`,
        target: { kind: 'attribute', node: node.id, attribute },
        label: record.kind === 'constant' ? node.name : `${attribute} of ${node.name}`,
        value: number,
        whole: type === 'int',
      };
      return [{ candidate, rank: rank[record.kind ?? 'operator'] ?? 2 }];
    });
  });
  return found.toSorted((a, b) => a.rank - b.rank).map(({ candidate }) => candidate);
}

function trainingOptions({ graph: { training } }: GraphDocument): Candidate[] {
  const plain = Object.entries(PLAIN).map(
    ([name, label]): Candidate => ({
      id: `training.${name}`,
      target: { kind: 'training', group: null, name },
      label,
      value: training[name as keyof typeof PLAIN],
      whole: true,
    }),
  );
  const grouped = Object.entries(LOOP_GROUPS).flatMap(([group, specs]) =>
    Object.entries(specs).flatMap(([name, spec]): Candidate[] => {
      const chosen = (training[group as LoopGroup] ?? {}) as Readonly<Record<string, AttributeValue>>;
      const value = chosen[name] ?? spec.default;
      if (typeof value !== 'number' || (spec.type !== 'int' && spec.type !== 'float')) return [];
      const when = spec.when ? (chosen[spec.when.attribute] ?? 'off') : null;
      if (spec.when && !spec.when.is.includes(when as string)) return [];
      const label = LABELS[`${group}.${name}`] ?? name;
      const target = { kind: 'training', group: group as LoopGroup, name } as const;
      return [{ id: `training.${group}.${name}`, target, label, value, whole: spec.type === 'int' }];
    }),
  );
  return [...plain, ...grouped];
}

/** Sizes of parameters that can be changed together, and not without each other. */
function sizes(document: GraphDocument, registry: Registry): Candidate[] {
  const axes = Object.values(document.graph.nodes).flatMap((node) => {
    const { shape } = node.attributes;
    if (registry.get(node.op)?.kind !== 'parameter' || !Array.isArray(shape)) return [];
    return shape.flatMap((size, axis) => (typeof size === 'number' && size > 1 ? [{ node: node.id, axis, size }] : []));
  });
  const isSound = (changed: GraphDocument) =>
    !check(changed, registry).diagnostics.some(({ severity }) => severity === 'error');
  if (axes.length === 0 || !isSound(document)) return [];
  let checks = 0;
  const areTogether = (group: readonly SizeAxis[], size: number) => {
    checks++;
    return [size + 1, size - 1].every((other) => isSound(withTarget(document, { kind: 'size', axes: group }, other)));
  };
  const taken = new Set<SizeAxis>();
  return axes.flatMap((start): Candidate[] => {
    if (taken.has(start)) return [];
    const others = axes.filter((axis) => axis !== start && axis.size === start.size && !taken.has(axis));
    for (const more of combinations(others)) {
      if (checks >= CHECKS) return [];
      const group = [start, ...more];
      if (!areTogether(group, start.size)) continue;
      for (const axis of group) taken.add(axis);
      const names = [...new Set(group.map(({ node }) => document.graph.nodes[node]?.name ?? node))];
      return [
        {
          id: `size.${group.map(({ node, axis }) => `${node}.${axis}`).join('-')}`,
          target: { kind: 'size', axes: group.map(({ node, axis }) => ({ node, axis })) },
          label: `units: size ${start.size} of ${names.join(', ')}`,
          value: start.size,
          whole: true,
        },
      ];
    }
    return [];
  });
}

/** All choices of some of them, the smaller first. */
function combinations<T>(items: readonly T[]): T[][] {
  let all: T[][] = [[]];
  for (const item of items) all = all.concat(all.map((chosen) => [...chosen, item]));
  return all.toSorted((a, b) => a.length - b.length);
}

/** The document with another value in that place. */
export function withTarget(document: GraphDocument, target: Target, value: number): GraphDocument {
  const { graph } = document;
  switch (target.kind) {
    case 'attribute': {
      const node = graph.nodes[target.node];
      if (!node) return document;
      const now = node.attributes[target.attribute];
      const isList = Array.isArray(now);
      return withAttributes(document, target.node, { [target.attribute]: isList ? [value] : value });
    }
    case 'training': {
      const { group, name } = target;
      const changed = group ? { [group]: { ...graph.training[group], [name]: value } } : { [name]: value };
      return { ...document, graph: { ...graph, training: { ...graph.training, ...changed } } };
    }
    case 'size':
      return target.axes.reduce((changed, { node, axis }) => {
        const shape = changed.graph.nodes[node]?.attributes.shape;
        if (!Array.isArray(shape)) return changed;
        return withAttributes(changed, node, { shape: shape.map((size, at) => (at === axis ? value : size)) });
      }, document);
  }
}

function withAttributes(
  document: GraphDocument,
  id: NodeId,
  attributes: Readonly<Record<string, AttributeValue>>,
): GraphDocument {
  const node = document.graph.nodes[id];
  if (!node) return document;
  const nodes = { ...document.graph.nodes, [id]: { ...node, attributes: { ...node.attributes, ...attributes } } };
  return { ...document, graph: { ...document.graph, nodes } };
}
