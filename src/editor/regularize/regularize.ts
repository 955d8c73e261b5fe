/** Draws a penalty on the size of parameters and adds it to the cost, as one undo step. */
import type { DocumentNode, GraphDocument, NodeId, PortRef } from '../../compiler/document.ts';
import { completeAttributes, type Registry } from '../../compiler/op.ts';
import { boundsOf, nodeSize, rectOf, snap } from '../canvas/geometry.ts';
import { always, type Command } from '../commands/command.ts';
import { addNodeTo, connectPorts } from '../commands/graph-edits.ts';
import type { Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { edgeInto } from '../store/graph-index.ts';

/** Sum of sizes; sum of squares; (Σ|θ|^p)^(1/p) over all parameters together. */
export type Penalty = { readonly kind: 'l1' } | { readonly kind: 'l2' } | { readonly kind: 'p'; readonly p: number };

export interface RegularizeArgs {
  readonly penalty: Penalty;
  readonly lambda: number;
  readonly parameters: readonly NodeId[];
}

export interface Penalizable {
  readonly node: DocumentNode;
  readonly shape: readonly (number | string)[];
  /** Biases are vectors; a penalty on them would only shift what is learned. */
  readonly isWeight: boolean;
}

/** The trainable parameters of a sheet. */
export function penalizable({ graph }: GraphDocument, registry: Registry): Penalizable[] {
  return Object.values(graph.nodes).flatMap((node) => {
    const record = registry.get(node.op);
    if (record?.kind !== 'parameter' || node.muted) return [];
    const { shape = [], trainable } = completeAttributes(record, node.attributes);
    if (trainable === false) return [];
    return [{ node, shape: shape as readonly (number | string)[], isWeight: (shape as readonly unknown[]).length > 1 }];
  });
}

/** The wire of the cost that the first optimizer of a sheet minimizes. */
export function costWire({ graph }: GraphDocument, registry: Registry): { from: PortRef; to: PortRef } | null {
  for (const node of Object.values(graph.nodes)) {
    if (registry.get(node.op)?.kind !== 'optimizer' || node.muted) continue;
    const wire = graph.edges[edgeInto(graph.edges, node.id, 'cost') ?? ''];
    if (wire) return { from: wire.source, to: wire.target };
  }
  return null;
}

const COLUMN = 216;
const ROW = 112;

/** The nodes one after another in columns below the drawing. */
class Pen {
  readonly #draft: DocumentDraft;
  readonly #registry: Registry;
  readonly #from: Point;
  readonly drawn: NodeId[] = [];

  constructor(draft: DocumentDraft, registry: Registry, from: Point) {
    this.#draft = draft;
    this.#registry = registry;
    this.#from = from;
  }

  node(op: string, name: string, column: number, row: number, attributes: DocumentNode['attributes'] = {}): NodeId {
    const place = { x: snap(this.#from.x + column * COLUMN), y: snap(this.#from.y + row * ROW) };
    const id = addNodeTo(this.#draft, { op, name, attributes, ...place });
    this.drawn.push(id);
    return id;
  }

  wire(source: PortRef | NodeId, target: PortRef): void {
    const from = typeof source === 'string' ? { node: source, port: 'y' } : source;
    connectPorts(this.#draft, this.#registry, from, target);
  }
}

/** R of all parameters, a single number; its node. */
function drawNorm(pen: Pen, penalty: Penalty, parameters: readonly Penalizable[]): NodeId {
  const value = ({ node }: Penalizable) => ({ node: node.id, port: 'value' });
  if (penalty.kind === 'p') {
    const attributes = { p: penalty.p };
    const [only] = parameters;
    if (only && parameters.length === 1) {
      const norm = pen.node('PNorm', `norm_${only.node.name}`, 0, 0, attributes);
      pen.wire(value(only), { node: norm, port: 'x' });
      return norm;
    }
    const flat = parameters.map((parameter, row) => {
      const node = pen.node('Reshape', `flat_${parameter.node.name}`, 0, row);
      pen.wire(value(parameter), { node, port: 'x' });
      return node;
    });
    const all = pen.node('Concat', 'weights', 1, 0);
    flat.forEach((node, at) => void pen.wire(node, { node: all, port: `x.${at}` }));
    const norm = pen.node('PNorm', 'norm', 2, 0, attributes);
    pen.wire(all, { node: norm, port: 'x' });
    return norm;
  }
  const [op, prefix] = penalty.kind === 'l1' ? (['ReduceL1', 'l1'] as const) : (['ReduceSumSquare', 'l2'] as const);
  const norms = parameters.map((parameter, row) => {
    const node = pen.node(op, `${prefix}_${parameter.node.name}`, 0, row);
    pen.wire(value(parameter), { node, port: 'x' });
    return node;
  });
  const [first] = norms;
  if (first && norms.length === 1) return first;
  const sum = pen.node('Sum', `${prefix}_weights`, 1, 0);
  norms.forEach((node, at) => void pen.wire(node, { node: sum, port: `x.${at}` }));
  return sum;
}

/** Adds λ·R to the cost of the first optimizer. The parameters are those of the open sheet. */
export const regularize: Command<RegularizeArgs> = {
  id: 'document.regularize',
  label: 'Add a penalty to the cost',
  group: 'Create',
  enabled: always,
  run(editor, { penalty, lambda, parameters }) {
    const { document } = editor.document.getState();
    const { registry } = editor;
    const cost = costWire(document, registry);
    const chosen = penalizable(document, registry).filter(({ node }) => parameters.includes(node.id));
    if (!cost || chosen.length === 0) return;
    const rects = Object.keys(document.graph.nodes).map((id) => rectOf(document, registry, id));
    const bounds = boundsOf(rects) ?? { x: 0, y: 0, width: 0, height: 0 };
    const from = { x: bounds.x, y: bounds.y + bounds.height + nodeSize(1, 1).height };
    const drawn: NodeId[] = [];
    editor.document.apply('Regularize', (draft) => {
      const pen = new Pen(draft, registry, from);
      const norm = drawNorm(pen, penalty, chosen);
      const column = penalty.kind === 'p' ? 3 : 2;
      const factor = pen.node('Constant', 'lambda', column - 1, 1, { values: [lambda] });
      const scaled = pen.node('Mul', 'penalty', column, 0);
      pen.wire(norm, { node: scaled, port: 'a' });
      pen.wire({ node: factor, port: 'value' }, { node: scaled, port: 'b' });
      const sum = pen.node('Add', 'cost', column + 1, 0);
      pen.wire(cost.from, { node: sum, port: 'a' });
      pen.wire(scaled, { node: sum, port: 'b' });
      pen.wire(sum, cost.to);
      drawn.push(...pen.drawn);
    });
    editor.ui.select(drawn);
  },
};
