import { Builder } from '../builder.ts';
import { type Diagnostic, DiagnosticError, diagnostic, type Edit, type Fix } from '../diagnostics.ts';
import { type Shape, sameShape, sizeOf } from '../dims.ts';
import type { Attributes, LanguageOptions, NodeId, PortRef } from '../document.ts';
import type { Value } from '../ir.ts';
import { type Badge, type InferFailure, type LocalEdit, portNames, type Registry } from '../op.ts';
import type { DatasetInfo } from '../plan.ts';
import { portKey } from '../result.ts';
import { printShape, printType, type TensorType } from '../types.ts';
import type { ResolvedGraph, ResolvedNode } from './1-resolve.ts';
import { isFeedback } from './1-resolve.ts';
import { explainSizes } from './infer/sizes.ts';
import { passedThrough } from './resolve/flags.ts';

/** The typed program: all that was drawn, as IR, before it is cut into functions. */
export interface Program {
  readonly builder: Builder;
  readonly nodes: ReadonlyMap<NodeId, ResolvedNode>;
  /** By `portKey`. */
  readonly values: ReadonlyMap<string, Value>;
  readonly parameters: readonly { readonly node: ResolvedNode; readonly value: Value }[];
  readonly datasets: readonly { readonly node: ResolvedNode; readonly info: DatasetInfo }[];
  readonly optimizers: readonly { readonly node: ResolvedNode; readonly cost: Value; readonly lr: Value | null }[];
  /** Wires into the `update` port of parameters. */
  readonly updates: readonly { readonly node: ResolvedNode; readonly value: Value }[];
  readonly metrics: readonly { readonly node: ResolvedNode; readonly value: Value }[];
  readonly outputs: readonly { readonly node: ResolvedNode; readonly value: Value; readonly fn: string }[];
  /** States of random generators. */
  readonly generators: readonly { readonly node: ResolvedNode; readonly value: Value }[];
}

export interface InferResult {
  readonly program: Program;
  readonly types: ReadonlyMap<string, TensorType>;
  readonly diagnostics: readonly Diagnostic[];
  readonly blocked: ReadonlySet<NodeId>;
  readonly badges: ReadonlyMap<NodeId, readonly Badge[]>;
}

/** An edit of an operator's own ports and attributes, as one of the document. */
function globalEdit(node: NodeId, edit: LocalEdit): Edit {
  if (edit.kind !== 'insert-on-wire') return { ...edit, node };
  const { kind, port, op, attributes = {} } = edit;
  return { kind, target: { node, port }, op, attributes };
}

class Inference {
  readonly builder: Builder;
  readonly nodes = new Map<NodeId, ResolvedNode>();
  readonly values = new Map<string, Value>();
  readonly types = new Map<string, TensorType>();
  readonly diagnostics: Diagnostic[] = [];
  readonly blocked = new Set<NodeId>();
  readonly parameters: Program['parameters'][number][] = [];
  readonly datasets: Program['datasets'][number][] = [];
  readonly optimizers: Program['optimizers'][number][] = [];
  readonly updates: Program['updates'][number][] = [];
  readonly metrics: Program['metrics'][number][] = [];
  readonly outputs: Program['outputs'][number][] = [];
  readonly generators: Program['generators'][number][] = [];
  readonly badges = new Map<NodeId, Badge[]>();
  readonly #seed: number;
  readonly #options: LanguageOptions;
  readonly #own: ResolvedGraph['datasets'];

  constructor(registry: Registry, { seed, options, datasets }: ResolvedGraph) {
    this.builder = new Builder(registry);
    this.#own = datasets;
    this.#seed = seed;
    this.#options = options;
  }

  #nameOf(node: ResolvedNode, input: number): string {
    const source = node.inputs[input]?.source;
    return (source && this.nodes.get(source.node)?.name) ?? node.inputs[input]?.port ?? `input ${input}`;
  }

  #fail(node: ResolvedNode, code: Diagnostic['code'], failure: InferFailure): never {
    const { evidence, fixes } = explainSizes(node, failure.conflict, this);
    const local = (failure.fixes ?? []).map(
      ({ label, safety, edit, also = [] }): Fix => ({
        label,
        safety,
        edits: [edit, ...also].map((each) => globalEdit(node.id, each)),
      }),
    );
    throw new DiagnosticError(
      diagnostic(
        code,
        {
          node: node.id,
          port: failure.port,
          ports: failure.conflict?.flatMap(([input]) => node.inputs[input]?.port ?? []),
          attribute: failure.attribute,
        },
        {
          title: `${node.name}: ${failure.title}`,
          cause: failure.cause,
          evidence: [...evidence, ...(failure.evidence ?? [])],
          fixes: [...local, ...fixes],
        },
      ),
    );
  }

  #badge({ id }: ResolvedNode, badge: Badge): void {
    this.badges.set(id, [...(this.badges.get(id) ?? []), badge]);
  }

  /** Shows what is stretched, or refuses it where the document is strict. */
  #broadcasts(node: ResolvedNode, shapes: readonly Shape[], result: Shape): void {
    const tensors = shapes.filter((shape) => shape.length > 0);
    if (tensors.every((shape) => sameShape(shape, result))) return;
    const text = `${tensors.map(printShape).join(' and ')} → ${printShape(result)}`;
    this.#badge(node, { kind: 'broadcast', text });
    const { broadcast } = this.#options;
    const mutual = !tensors.some((shape) => sameShape(shape, result));
    const shorter = shapes.findIndex((shape) => shape.length > 0 && shape.length < result.length);
    const grows = broadcast === 'same-rank' && shorter >= 0;
    if (broadcast === 'any' || !(mutual || grows)) return;
    const port = node.inputs[shorter]?.port;
    const missing = result.length - (shapes[shorter]?.length ?? 0);
    this.#fail(node, 'shape/stretched', {
      title: mutual ? `${text}: both shapes would be stretched` : `${text}: axes would be added`,
      cause: mutual
        ? 'The document allows that one operand is stretched to the shape of the other, not that both change.'
        : 'The document forbids operands of different rank. Insert the axes where you want them.',
      port,
      fixes:
        port === undefined
          ? []
          : [
              {
                label: `Unsqueeze ${this.#nameOf(node, shorter)} in front`,
                safety: mutual ? 'maybe' : 'safe',
                edit: {
                  kind: 'insert-on-wire',
                  port,
                  op: 'Unsqueeze',
                  attributes: { axes: Array.from({ length: missing }, (_, at) => at) },
                },
              },
            ],
    });
  }

  #checkDtypes(node: ResolvedNode, inputs: readonly (Value | null)[]): void {
    node.inputs.forEach(({ port }, at) => {
      const spec = node.record.inputs.find(
        (candidate) => candidate.name === port || port.startsWith(`${candidate.name}.`),
      );
      const dtype = inputs[at]?.type.dtype;
      if (!dtype || !spec?.dtypes || spec.dtypes.includes(dtype)) return;
      const [wanted = 'float32'] = spec.dtypes;
      this.#fail(node, 'type/dtype', {
        title: `${this.#nameOf(node, at)} is ${dtype}, but ${port} takes ${spec.dtypes.join(' or ')}`,
        port,
        fixes: [
          {
            label: `Cast ${this.#nameOf(node, at)} to ${wanted}`,
            safety: wanted === 'float32' || dtype === 'bool' ? 'safe' : 'maybe',
            edit: { kind: 'insert-on-wire', port, op: 'Cast', attributes: { to: wanted } },
          },
        ],
      });
    });
  }

  /** Types one node and appends its equation. */
  node(node: ResolvedNode): void {
    this.nodes.set(node.id, node);
    const feedback = node.inputs.filter(({ port }) => isFeedback(node.record, port));
    const wired = node.inputs.filter((input) => !feedback.includes(input));
    const inputs = wired.map(({ source }) =>
      source ? (this.values.get(portKey(source.node, source.port)) ?? null) : null,
    );
    if (wired.some(({ source }, at) => source && !inputs[at])) {
      this.blocked.add(node.id);
      return;
    }
    try {
      const types = node.record.infer({
        inputs: inputs.map((value) => value?.type),
        attributes: node.attributes,
        datasets: this.#own,
        badge: (badge) => this.#badge(node, badge),
        broadcasts: (shapes, result) => this.#broadcasts(node, shapes, result),
        nameOf: (input) => this.#nameOf(node, input),
        fail: (code, failure) => this.#fail(node, code, failure),
      });
      // Records that check dtypes themselves know more of what was meant.
      this.#checkDtypes(node, inputs);
      if (node.bypassed) this.#bypass(node, inputs, types);
      else this.#place(node, inputs, types);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.diagnostics.push(error.diagnostic);
    }
  }

  #define(node: ResolvedNode, values: readonly Value[]): void {
    portNames(node.record.outputs, values.length).forEach((port, at) => {
      const value = values[at] as Value;
      this.values.set(portKey(node.id, port), value);
      this.types.set(portKey(node.id, port), value.type);
    });
  }

  /** Lets inputs through in place of outputs. What reads an output that no input has the type of waits. */
  #bypass(node: ResolvedNode, inputs: readonly (Value | null)[], types: readonly TensorType[]): void {
    this.badges.delete(node.id);
    const through = passedThrough(
      node.record,
      inputs.map((value) => value?.type),
      types,
    );
    portNames(node.record.outputs, types.length).forEach((port, at) => {
      const value = inputs[through[at] ?? -1];
      if (!value) return;
      this.values.set(portKey(node.id, port), value);
      this.types.set(portKey(node.id, port), value.type);
    });
    if (through.some((input) => input !== null)) return;
    const output = types[0] ? printType(types[0]) : 'no value';
    this.diagnostics.push(
      diagnostic(
        'graph/bypass',
        { node: node.id },
        {
          title: `${node.name} cannot be bypassed: none of its inputs is ${output}, as its output is`,
          cause: 'What a bypassed node lets through has to have the type of what it would compute.',
          evidence: inputs.flatMap((value, at) => {
            const { port = '', source = null } = node.inputs[at] ?? {};
            return value && source
              ? [{ label: port, text: `${this.#nameOf(node, at)} ${printType(value.type)}`, node: source.node }]
              : [];
          }),
          fixes: [{ label: 'Compute it again', safety: 'safe', edits: [{ kind: 'clear-flags', node: node.id }] }],
        },
      ),
    );
  }

  /** The state of the generator of a random operator: its key, which the seed gives, and the number of the step. */
  #generator(node: ResolvedNode): Value {
    const own = Number(node.attributes.seed ?? 0);
    const key = generatorKey(own === 0 ? this.#seed : own, own === 0 ? this.generators.length : 0);
    const initializer = { kind: 'values', values: [key, 0] } as const;
    const source = { kind: 'slot', slot: `${node.name}.generator`, node: node.id, initializer } as const;
    const value = this.builder.input({ dtype: 'float32', shape: [2] }, source);
    this.generators.push({ node, value });
    return value;
  }

  #place(node: ResolvedNode, inputs: readonly (Value | null)[], types: readonly TensorType[]): void {
    const b = this.builder;
    const [first] = inputs;
    const [type] = types;
    switch (node.record.kind ?? 'operator') {
      case 'input':
        if (type) this.#define(node, [b.input(type, { kind: 'feed', node: node.id, name: node.name })]);
        break;
      case 'data': {
        const info = node.record.dataset?.(node.attributes, this.#own);
        if (!info) break;
        this.datasets.push({ node, info });
        const columns = info.columns.slice(0, types.length);
        this.#define(
          node,
          columns.map(({ name }, at) =>
            b.input(types[at] as TensorType, { kind: 'data', node: node.id, dataset: info.name, column: name }),
          ),
        );
        break;
      }
      case 'parameter':
        if (type) {
          const value = b.input(type, { kind: 'parameter', slot: node.name, node: node.id });
          this.parameters.push({ node, value });
          this.#define(node, [value]);
        }
        break;
      case 'constant': {
        const literal = node.record.constant?.(node.attributes);
        if (literal) this.#define(node, [b.within(node.id, 'forward', () => b.constant(literal))]);
        break;
      }
      case 'optimizer':
        if (first) this.optimizers.push({ node, cost: first, lr: inputs[1] ?? null });
        break;
      case 'metric':
        if (first) this.metrics.push({ node, value: first });
        break;
      case 'output':
        if (first) this.outputs.push({ node, value: first, fn: String(node.attributes.function) });
        break;
      case 'operator':
      case 'foreign':
      case 'gradient': {
        const outputs = types.map((output) => b.value(output));
        b.push({
          op: node.record.name,
          inputs: node.record.random ? [...inputs, this.#generator(node)] : inputs,
          attributes: node.attributes,
          outputs,
          origin: node.id,
          role: 'forward',
        });
        this.#define(node, outputs);
        break;
      }
      case 'note':
      case 'port':
      case 'module':
        break;
    }
  }

  /** Wires into update ports, once every value has a type. */
  feedback(node: ResolvedNode): void {
    for (const { port, source } of node.inputs) {
      if (!source || !isFeedback(node.record, port)) continue;
      const value = this.values.get(portKey(source.node, source.port));
      const own = this.types.get(portKey(node.id, 'value'));
      if (!value || !own) {
        this.blocked.add(node.id);
        continue;
      }
      if (printType(value.type) === printType(own)) {
        this.updates.push({ node, value });
        continue;
      }
      const name = this.nodes.get(source.node)?.name ?? source.node;
      this.diagnostics.push(
        diagnostic(
          'update/type',
          { node: node.id, port },
          {
            title: `${node.name} is ${printType(own)}, but its update ${name} is ${printType(value.type)}`,
            cause: 'A parameter keeps its type from step to step.',
            evidence: [{ label: 'update', text: `${name} ${printType(value.type)}`, node: source.node }],
            fixes: updateFixes({ node: node.id, port }, value.type, own),
          },
        ),
      );
    }
  }
}

/** One operator on the wire that would give an update the type of its parameter. */
function updateFixes(target: PortRef, { dtype, shape }: TensorType, own: TensorType): Fix[] {
  const insert = (label: string, op: string, attributes: Attributes): Fix => ({
    label,
    safety: 'maybe',
    edits: [{ kind: 'insert-on-wire', target, op, attributes }],
  });
  if (dtype !== own.dtype) return [insert(`Cast to ${own.dtype}`, 'Cast', { to: own.dtype })];
  if (shape.length === 2 && sameShape([...shape].reverse(), own.shape)) {
    return [insert('Transpose the update', 'Transpose', { perm: [1, 0] })];
  }
  if (sizeOf(shape) !== sizeOf(own.shape)) return [];
  return [insert(`Reshape the update to ${printShape(own.shape)}`, 'Reshape', { shape: own.shape })];
}

/** A whole number below 2²³, to which float32 can add ½ exactly, for each pair of a seed and the number of a generator. */
function generatorKey(seed: number, index: number): number {
  let mixed = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 9;
}

/** Gives every wire a type, and every node its equation, or says why not. One cause gives one error; the rest is blocked. */
export function infer(resolved: ResolvedGraph, registry: Registry): InferResult {
  const inference = new Inference(registry, resolved);
  for (const node of resolved.order) {
    // A node with an error of its own still gets its name known; what hangs on it is blocked.
    if (resolved.failed.has(node.id)) inference.nodes.set(node.id, node);
    else inference.node(node);
  }
  for (const node of resolved.order) inference.feedback(node);
  const { types, diagnostics, blocked, badges, ...program } = inference;
  return { program, types, diagnostics, blocked, badges };
}
