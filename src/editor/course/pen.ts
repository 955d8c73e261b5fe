/** Draws the answers to checkpoints, on a copy of a document. */
import type {
  AttributeValue,
  GraphDocument,
  LanguageOptions,
  NodeId,
  TrainingOptions,
} from '../../compiler/document.ts';

type Mutable<T> = T extends string | number ? T : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** Columns and rows of drawings that are laid out by hand, in canvas pixels. */
const COLUMN = 184;
const ROW = 112;

/** Inputs by name, each with the output that is wired to it, as `node.port`. */
type Wires = Readonly<Record<string, string>>;

export class Pen {
  readonly #document: Mutable<GraphDocument>;

  constructor(document: GraphDocument) {
    this.#document = structuredClone(document) as Mutable<GraphDocument>;
  }

  get document(): GraphDocument {
    return this.#document as GraphDocument;
  }

  /** `at` is a column and a row. The name is the id. */
  add(
    id: NodeId,
    op: string,
    wires: Wires,
    attributes: Readonly<Record<string, AttributeValue>>,
    at: readonly [number, number],
  ): void {
    const { graph, layout } = this.#document;
    graph.nodes[id] = {
      id,
      op,
      name: id,
      attributes: { ...attributes },
    } as Mutable<GraphDocument>['graph']['nodes'][string];
    layout.nodes[id] = { x: at[0] * COLUMN, y: at[1] * ROW };
    for (const [port, source] of Object.entries(wires)) this.wire(source, `${id}.${port}`);
  }

  /** An input keeps one wire: the new one. */
  wire(from: string, to: string): void {
    this.unwire(to);
    const id = `${from}>${to}`;
    this.#document.graph.edges[id] = { id, source: portOf(from), target: portOf(to) };
  }

  /** Takes the wire off an input. */
  unwire(input: string): void {
    const { node, port } = portOf(input);
    const { edges } = this.#document.graph;
    for (const { id, target } of Object.values(edges)) {
      if (target.node === node && target.port === port) delete edges[id];
    }
  }

  remove(id: NodeId): void {
    const { graph, layout } = this.#document;
    delete graph.nodes[id];
    delete layout.nodes[id];
    for (const edge of Object.values(graph.edges)) {
      if (edge.source.node === id || edge.target.node === id) delete graph.edges[edge.id];
    }
  }

  set(id: NodeId, attributes: Readonly<Record<string, AttributeValue>>): void {
    const node = this.#document.graph.nodes[id];
    if (node) Object.assign(node.attributes, attributes);
  }

  /** Another operator with the same name and wires. */
  become(id: NodeId, op: string): void {
    const node = this.#document.graph.nodes[id];
    if (node) node.op = op;
  }

  rename(id: NodeId, name: string): void {
    const node = this.#document.graph.nodes[id];
    if (node) node.name = name;
  }

  training(options: Partial<TrainingOptions>): void {
    Object.assign(this.#document.graph.training, options);
  }

  options(options: Partial<LanguageOptions>): void {
    const { graph } = this.#document;
    graph.options = { ...graph.options, ...(options as Mutable<LanguageOptions>) };
  }
}

function portOf(text: string) {
  const dot = text.indexOf('.');
  return { node: text.slice(0, dot), port: text.slice(dot + 1) };
}
