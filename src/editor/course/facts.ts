/** What checkpoints know: the drawing, what the compiler says of it, its values, and how far training is. */
import type { AttributeValue, DocumentNode, GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { type CheckResult, portKey } from '../../compiler/result.ts';
import type { TensorType } from '../../compiler/types.ts';
import type { ProbeView, TelemetryHub } from '../../runtime/telemetry-hub.ts';

export interface Training {
  /** Steps made. */
  readonly step: number;
  /** Whole passes over the training split. */
  readonly epoch: number;
  readonly running: boolean;
  /** It ended by itself: after its epochs, or because a rule said so. */
  readonly finished: boolean;
  /** Of the last step, before its update. */
  readonly loss: number | null;
  /** Of the last step. */
  readonly learningRate: number | null;
  /** On the validation split. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface FactsOptions {
  readonly document: GraphDocument;
  readonly check: CheckResult;
  readonly registry: Registry;
  /** Null while there is nothing that was computed for this drawing. */
  readonly values: Pick<TelemetryHub, 'view'> | null;
  readonly training: Training;
}

const RELATIVE = 1e-4;

/** Equal up to rounding in float32. */
export function near(actual: number, expected: number, tolerance = RELATIVE): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

export class Facts {
  readonly document: GraphDocument;
  readonly check: CheckResult;
  readonly training: Training;
  readonly #registry: Registry;
  readonly #values: FactsOptions['values'];

  constructor({ document, check, registry, values, training }: FactsOptions) {
    this.document = document;
    this.check = check;
    this.training = training;
    this.#registry = registry;
    this.#values = values;
  }

  /** Titles of what stands in the way of running it. */
  get errors(): readonly string[] {
    return this.check.diagnostics.filter(({ severity }) => severity === 'error').map(({ title }) => title);
  }

  says(code: string): boolean {
    return this.check.diagnostics.some((found) => found.code === code);
  }

  node(id: NodeId): DocumentNode | undefined {
    return this.document.graph.nodes[id];
  }

  nodes(op: string): readonly DocumentNode[] {
    return Object.values(this.document.graph.nodes).filter((node) => node.op === op);
  }

  /** With the operator's default where the node has none of its own. */
  attribute(id: NodeId, name: string): AttributeValue | undefined {
    const node = this.node(id);
    return node?.attributes[name] ?? this.#registry.get(node?.op ?? '')?.attributes[name]?.default;
  }

  /** The node that is wired to an input. */
  source(id: NodeId, port: string): DocumentNode | undefined {
    return this.node(this.#wire(id, port)?.source.node ?? '');
  }

  /** The port of that node. */
  sourcePort(id: NodeId, port: string): string | undefined {
    return this.#wire(id, port)?.source.port;
  }

  #wire(id: NodeId, port: string) {
    return Object.values(this.document.graph.edges).find(({ target }) => target.node === id && target.port === port);
  }

  /** All nodes wired to a node. */
  sources(id: NodeId): readonly DocumentNode[] {
    return Object.values(this.document.graph.edges).flatMap(({ source, target }) =>
      target.node === id ? (this.node(source.node) ?? []) : [],
    );
  }

  /** Whether the value of `from` goes into that of `id`, by way of any number of nodes. */
  dependsOn(id: NodeId, from: NodeId): boolean {
    const seen = new Set<NodeId>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { id: source } of this.sources(next)) {
        if (source === from) return true;
        if (!seen.has(source)) open.push(source);
        seen.add(source);
      }
    }
    return false;
  }

  type(id: NodeId, port = this.#firstPort(id)): TensorType | undefined {
    return this.check.types.get(portKey(id, port));
  }

  #firstPort(id: NodeId): string {
    const [first] = this.#registry.get(this.node(id)?.op ?? '')?.outputs ?? [];
    return first ? `${first.name}${first.variadic ? '.0' : ''}` : '';
  }

  /** What is known of an output's value. */
  view(id: NodeId, port?: string): ProbeView | null {
    return this.#values?.view(id, 'value', port ?? this.#firstPort(id)) ?? null;
  }

  /** All its numbers where there are few, row by row; else null. */
  numbers(id: NodeId, port?: string): readonly number[] | null {
    const { elements } = this.view(id, port) ?? {};
    return elements ? Array.from(elements) : null;
  }

  /** A single number. */
  number(id: NodeId, port?: string): number | null {
    const numbers = this.numbers(id, port);
    return numbers?.length === 1 ? (numbers[0] as number) : null;
  }

  /** Whether the value is these numbers, up to rounding. */
  is(id: NodeId, expected: readonly number[], port?: string): boolean {
    const numbers = this.numbers(id, port);
    return numbers?.length === expected.length && numbers.every((number, at) => near(number, expected[at] as number));
  }

  /** Euclidean length. */
  norm(id: NodeId): number | null {
    return this.view(id)?.stats[4] ?? null;
  }
}

/** A number as hints tell it. */
export function tell(number: number | null | undefined): string {
  return number === null || number === undefined ? 'not known yet' : String(Number(number.toPrecision(4)));
}
