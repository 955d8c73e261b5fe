/** Where sizes that do not fit come from: the source that fixed each, and the change there that would make them fit. */
import type { Evidence, Fix } from '../../diagnostics.ts';
import type { Dim, Shape } from '../../dims.ts';
import type { NodeId } from '../../document.ts';
import type { InferFailure } from '../../op.ts';
import { portKey } from '../../result.ts';
import { printType, type TensorType } from '../../types.ts';
import { isFeedback, type ResolvedNode } from '../1-resolve.ts';

/** What was inferred so far. */
export interface Inferred {
  readonly nodes: ReadonlyMap<NodeId, ResolvedNode>;
  /** By `portKey`. */
  readonly types: ReadonlyMap<string, TensorType>;
}

type Axis = readonly [input: number, axis: number];

function typesOf(node: ResolvedNode, { types }: Inferred): readonly (TensorType | undefined)[] {
  return node.inputs.map(({ port, source }) =>
    source && !isFeedback(node.record, port) ? types.get(portKey(source.node, source.port)) : undefined,
  );
}

/** The axis of an input that the size of an output axis is, or null where the node itself fixes it. */
function inputAxis(
  node: ResolvedNode,
  shapes: readonly (Shape | undefined)[],
  result: Shape,
  axis: number,
): Axis | null {
  const { attributes, record } = node;
  const [a = [], b = []] = shapes;
  const dim = result[axis];
  switch (record.name) {
    case 'Transpose': {
      const perm = attributes.perm as readonly number[];
      return [0, perm.length > 0 ? (perm[axis] ?? axis) : a.length - 1 - axis];
    }
    case 'Gemm':
      return axis === 0 ? [0, attributes.transA ? 1 : 0] : [1, attributes.transB ? 0 : 1];
    case 'MatMul': {
      const columns = b.length > 1;
      if (columns && axis === result.length - 1) return [1, b.length - 1];
      if (a.length > 1 && axis === result.length - (columns ? 2 : 1)) return [0, a.length - 2];
      break;
    }
    case 'Conv':
      if (axis < 2) return axis === 0 ? [0, 0] : [1, 0];
      return a[axis] === dim ? [0, axis] : null;
    case 'ConvTranspose':
      if (axis < 2) return axis === 0 ? [0, 0] : [1, 1];
      return null;
    case 'Reshape': {
      const asked = (attributes.shape as readonly Dim[])[axis];
      if (asked !== 0) return null;
      return [0, axis];
    }
    case 'Concat':
      if (axis === (attributes.axis + result.length) % result.length) return null;
      return [0, axis];
  }
  // Operands of one element pattern are aligned at the last axis.
  const aligned = shapes.findIndex((shape) => shape && shape[axis - result.length + shape.length] === dim);
  const other = shapes[aligned];
  if (other && record.inputs.length > 1) return [aligned, axis - result.length + other.length];
  // What moves or drops axes keeps their order: the second 3 of the result is the second 3 of the operand.
  const rank = result.slice(0, axis).filter((earlier) => earlier === dim).length;
  for (const [input, shape] of shapes.entries()) {
    const axes = (shape ?? []).flatMap((size, at) => (size === dim ? [at] : []));
    const found = axes[rank] ?? axes[0];
    if (found !== undefined) return [input, found];
  }
  return null;
}

/** Input axes that the size of an output axis is computed from. */
function factors(node: ResolvedNode, shapes: readonly (Shape | undefined)[], axis: number): Axis[] {
  const [x = [], w] = shapes;
  switch (node.record.name) {
    case 'Conv':
    case 'ConvTranspose':
      return [[0, axis], ...(w ? [[1, axis] as const] : [])];
    case 'Flatten':
    case 'Reshape':
      return x.flatMap((dim, at) => (typeof dim === 'number' && dim > 1 ? [[0, at] as const] : []));
    case 'Concat':
      return shapes.map((_, input) => [input, axis]);
    default:
      // Windows, slices and pads change the size of an axis where it is.
      return x.length > axis && node.record.inputs.length === 1 ? [[0, axis]] : [];
  }
}

interface Origin {
  readonly node: ResolvedNode;
  readonly axis: number;
}

/** Follows a size upward to the node that fixed it. */
function originOf(
  start: { readonly node: NodeId; readonly port: string },
  from: number,
  known: Inferred,
): Origin | null {
  let node = known.nodes.get(start.node);
  let result = known.types.get(portKey(start.node, start.port))?.shape;
  let axis = from;
  for (let steps = 0; node && result && steps < 10_000; steps++) {
    const shapes = typesOf(node, known).map((type) => type?.shape);
    const next: Axis | null = shapes.some(Boolean) ? inputAxis(node, shapes, result, axis) : null;
    const source = next ? node.inputs[next[0]]?.source : null;
    const above = source ? known.types.get(portKey(source.node, source.port))?.shape : undefined;
    if (!next || !source || above?.[next[1]] !== result[axis]) return { node, axis };
    node = known.nodes.get(source.node);
    [result, axis] = [above, next[1]];
  }
  return node ? { node, axis } : null;
}

function provenance({ node, axis }: Origin): string {
  if (node.record.kind === 'data') return `comes from data set ${node.attributes.dataset}`;
  if (node.inputs.length === 0 || node.record.kind === 'parameter') {
    return `comes from ${node.record.name} ${node.name}`;
  }
  return `comes from ${node.record.name} ${node.name}, axis ${axis}`;
}

/** As much of a computed size's history as can be read. */
const MOST_LINES = 8;

/** Where a size comes from; of one that is computed, also where what it is computed from does. */
function history(origin: Origin, dim: Dim, known: Inferred): Evidence[] {
  const lines: Evidence[] = [];
  const told = new Set<NodeId>();
  const waiting = [{ origin, dim }];
  for (let at = 0; at < waiting.length && lines.length < MOST_LINES; at++) {
    const { origin: from, dim: size } = waiting[at] as (typeof waiting)[number];
    if (told.has(from.node.id)) continue;
    told.add(from.node.id);
    lines.push({ label: String(size), text: provenance(from), node: from.node.id });
    const shapes = typesOf(from.node, known).map((type) => type?.shape);
    for (const [input, axis] of shapes.some(Boolean) ? factors(from.node, shapes, from.axis) : []) {
      const source = from.node.inputs[input]?.source;
      const above = shapes[input]?.[axis];
      const next = source && above !== undefined ? originOf(source, axis, known) : null;
      if (next && above !== undefined) waiting.push({ origin: next, dim: above });
    }
  }
  return lines;
}

/** Gives an axis of a source another size. */
function resize({ node, axis }: Origin, wanted: Dim | undefined): Fix[] {
  const { kind } = node.record;
  const { attributes } = node;
  const listed = kind === 'parameter' ? attributes.initializer === 'values' : (attributes.values?.length ?? 0) > 1;
  const open = kind === 'input' || ((kind === 'parameter' || kind === 'constant') && !listed);
  if (!open || wanted === undefined || (typeof wanted !== 'number' && kind !== 'input')) return [];
  const changed = (attributes.shape as readonly Dim[]).with(axis, wanted);
  return [
    {
      label: `Change ${node.name} to [${changed.join(', ')}]`,
      safety: 'maybe',
      edits: [{ kind: 'set-attribute', node: node.id, attribute: 'shape', value: changed }],
    },
  ];
}

/** Evidence and fixes for sizes in conflict: each input as the user sees it, and the node that fixed each size. */
export function explainSizes(
  node: ResolvedNode,
  conflict: InferFailure['conflict'],
  known: Inferred,
): { readonly evidence: readonly Evidence[]; readonly fixes: readonly Fix[] } {
  const evidence: Evidence[] = [];
  const types = typesOf(node, known);
  node.inputs.forEach(({ port, source }, at) => {
    const type = types[at];
    if (!source || !type) return;
    const name = known.nodes.get(source.node)?.name ?? source.node;
    evidence.push({ label: port, text: `${name} ${printType(type)}`, node: source.node });
  });
  const found = (conflict ?? []).flatMap(([input, axis, wanted]) => {
    const source = node.inputs[input]?.source;
    const shape = types[input]?.shape;
    const at = shape && axis < 0 ? axis + shape.length : axis;
    const dim = shape?.[at];
    const origin = source && dim !== undefined ? originOf(source, at, known) : null;
    return origin && dim !== undefined ? [{ dim, wanted, origin }] : [];
  });
  for (const { dim, origin } of found) evidence.push(...history(origin, dim, known));
  const [left, right] = found;
  const fixes = [
    ...(left ? resize(left.origin, left.wanted ?? right?.dim) : []),
    ...(right ? resize(right.origin, right.wanted ?? left?.dim) : []),
  ];
  // Where both sizes come from one source, changing it moves both.
  return { evidence, fixes: left?.origin.node === right?.origin.node && right ? [] : fixes };
}
