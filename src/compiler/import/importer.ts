/** Walks the nodes of a model and draws them. */
import { create, toBinary } from '@bufbuild/protobuf';
import { type Diagnostic, DiagnosticError, diagnostic } from '../diagnostics.ts';
import { type Dim, isDimName } from '../dims.ts';
import { FOREIGN } from '../foreign.ts';
import {
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import { printType, type TensorType, tensor } from '../types.ts';
import { OnnxAttributes } from './attributes.ts';
import { Draft, type Wire } from './draft.ts';
import type { Call, Entry } from './entry.ts';
import { fold } from './fold.ts';
import { isNumbers, type Known, LARGEST_KNOWN } from './known.ts';
import { functionKey, type OnnxModel } from './model.ts';
import { translate } from './operators.ts';
import { OnnxProblem, quoted, reported } from './problem.ts';
import { SPECIAL } from './special.ts';
import { dtypeOf, ELEM, type OnnxTensor, type ReadExternal, readTensor } from './tensors.ts';

/** Nodes that functions and loops may add to those of the model. */
const MOST_WRITTEN_OUT = 20_000;
const MOST_ITERATIONS = 1000;
/** Values of so many elements are kept in the document; larger ones are weights. */
const LARGEST_LITERAL = 4096;

/** What these give has a size that depends on values; the operators of the language have a fixed one. */
const DYNAMIC: ReadonlySet<string> = new Set(['Compress', 'NonZero']);

/** Where nodes lie: the graph, a function that was called, or a branch. */
interface Frame {
  readonly tensors: Map<string, Entry | null>;
  readonly outer: Frame | null;
  /** Before the names of nodes. */
  readonly prefix: string;
  readonly opset: number;
  /** Of the call of the function. */
  readonly call?: OnnxAttributes;
  /** Functions under way. */
  readonly calls: readonly string[];
  /** Declared types of tensors. */
  readonly declared: ReadonlyMap<string, ValueInfoProto>;
}

const DEFAULT_ELEM = { float32: ELEM.float, int32: ELEM.int64, int64: ELEM.int64, bool: ELEM.bool } as const;

function namesRead({ graph, functions }: OnnxModel): ReadonlySet<string> {
  const names = new Set<string>();
  const read = (nodes: readonly NodeProto[]): void => {
    for (const { input, attribute } of nodes) {
      for (const name of input) names.add(name);
      for (const { g, graphs } of attribute) for (const inner of g ? [g, ...graphs] : graphs) readGraph(inner);
    }
  };
  const readGraph = ({ node, output }: GraphProto): void => {
    read(node);
    for (const { name } of output) names.add(name);
  };
  readGraph(graph);
  for (const { node, output } of functions.values()) {
    read(node);
    for (const name of output) names.add(name);
  }
  names.delete('');
  return names;
}

export class Importer {
  readonly draft: Draft;
  readonly diagnostics: Diagnostic[] = [];
  /** Values of parameters by name. */
  readonly weights = new Map<string, Float32Array>();
  /** Names of parameters that optimizers leave alone. */
  readonly fixed = new Set<string>();
  readonly #model: OnnxModel;
  readonly #external: ReadExternal;
  readonly #notes = new Map<string, string[]>();
  readonly #dims = new Map<string, string>();
  /** Names that some node reads, or that are results. */
  readonly #used: ReadonlySet<string>;
  readonly #most: number;
  #count = 0;

  constructor(model: OnnxModel, registry: Registry, external: ReadExternal) {
    this.draft = new Draft(registry);
    this.#model = model;
    this.#external = external;
    this.#used = namesRead(model);
    this.#most = model.graph.node.length + MOST_WRITTEN_OUT;
  }

  /** Subjects of things worth saying, by kind. */
  get notes(): ReadonlyMap<string, readonly string[]> {
    return this.#notes;
  }

  note(kind: string, subject: string): void {
    const list = this.#notes.get(kind);
    if (list) list.push(subject);
    else this.#notes.set(kind, [subject]);
  }

  /** Names of sizes as the model has them, by the name in the language. */
  get dims(): ReadonlyMap<string, string> {
    return new Map([...this.#dims].map(([from, to]) => [to, from]));
  }

  #dimName(text: string): string {
    const known = this.#dims.get(text);
    if (known !== undefined) return known;
    const base = isDimName(text) ? text : `d_${text.replace(/\W+/g, '_')}`;
    const taken = new Set(this.#dims.values());
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    this.#dims.set(text, name);
    return name;
  }

  /** The type that the model declares; null where it leaves shape or dtype open. */
  declaredType(info: ValueInfoProto | undefined): { readonly type: TensorType; readonly elem: number } | null {
    const value = info?.type?.value;
    if (!info || value?.case !== 'tensorType') return null;
    const { elemType: elem, shape } = value.value;
    if (!shape) return null;
    const sizes = shape.dim.map(({ value: dim }, axis): Dim => {
      if (dim.case === 'dimValue' && dim.value > 0n && dim.value < 2n ** 31n) return Number(dim.value);
      const text = dim.case === 'dimParam' && dim.value !== '' ? dim.value : `${info.name}_${axis}`;
      return this.#dimName(text);
    });
    return { type: tensor(dtypeOf(elem), sizes), elem };
  }

  /** Runs `body`; what is wrong is reported with the place, and the answer is false. */
  guard(where: string, body: () => void): boolean {
    try {
      body();
      return true;
    } catch (error) {
      this.diagnostics.push(this.#problem(error, where));
      return false;
    }
  }

  #problem(error: unknown, where: string): Diagnostic {
    if (error instanceof OnnxProblem) return reported(error, where);
    if (error instanceof DiagnosticError) {
      const { title, cause } = error.diagnostic;
      return diagnostic('onnx/operator', {}, { title: `${where}: ${title}`, cause });
    }
    throw error;
  }

  input(info: ValueInfoProto, frame: Frame): void {
    const declared = this.declaredType(info);
    if (!declared) {
      throw new OnnxProblem(
        'onnx/shape',
        'the model does not tell its type and number of axes',
        'Inputs need a type with a shape; sizes that differ from run to run can have names.',
      );
    }
    const { type, elem } = declared;
    const { dtype, shape } = type;
    const [wire] = this.draft.addReserved('Input', info.name, { shape, dtype });
    if (elem !== ELEM.float && dtype === 'float32') this.note('float', info.name);
    if (elem !== ELEM.int32 && dtype === 'int32') this.note('integer', info.name);
    frame.tensors.set(info.name, {
      name: info.name,
      type,
      elem,
      known: null,
      weight: null,
      wire: wire as Wire,
      place: null,
    });
  }

  initializer(proto: TensorProto, frame: Frame): void {
    const value = readTensor(proto, this.#external);
    if (value.elem !== ELEM.float && dtypeOf(value.elem) === 'float32') this.note('weights', proto.name);
    frame.tensors.set(
      proto.name,
      dtypeOf(value.elem) === 'float32' ? this.#weight(proto.name, value) : this.#literal(proto.name, value),
    );
  }

  #weight(name: string, value: OnnxTensor): Entry {
    const type = tensor('float32', value.shape);
    const place = (): Wire => {
      this.weights.set(name, value.values as Float32Array);
      // Single numbers are factors that were written down, not learned.
      if (value.shape.length === 0) this.fixed.add(name);
      const [wire] = this.draft.addReserved('Parameter', name, { shape: value.shape, initializer: 'zeros' });
      return wire as Wire;
    };
    return { name, type, elem: value.elem, known: null, weight: value, wire: null, place };
  }

  #literal(name: string, { elem, shape, values }: OnnxTensor): Entry {
    const dtype = dtypeOf(elem);
    const type = tensor(dtype, shape);
    const known: Known = { dtype, shape, values: Array.from(values) };
    const small = values.length <= LARGEST_KNOWN;
    return {
      name,
      type,
      elem,
      known: small ? known : null,
      weight: null,
      wire: null,
      place: () => this.#constant(name, known),
    };
  }

  #constant(name: string, { dtype, shape, values }: Known): Wire {
    const numbers = values as readonly number[];
    const plain = numbers.length <= LARGEST_LITERAL && numbers.every(Number.isFinite);
    if (dtype === 'float32' && !plain) {
      const [wire] = this.draft.add('Parameter', name, { shape, initializer: 'zeros', trainable: false });
      const drawn = this.draft.nodes[(wire as Wire).ref.node]?.name ?? name;
      this.weights.set(drawn, Float32Array.from(numbers));
      return wire as Wire;
    }
    const [first = 0] = numbers;
    const short = numbers.length > 0 && numbers.every((value) => value === first) ? [first] : numbers;
    return this.draft.add('Constant', name, { shape, dtype, values: short })[0] as Wire;
  }

  wire = (entry: Entry): Wire => {
    if (entry.wire) return entry.wire;
    const { known, place } = entry;
    if (known && isNumbers(known.values) && known.shape.every((size) => size > 0) && !entry.weight) {
      entry.wire = this.#constant(entry.name, known);
    } else if (place) entry.wire = place();
    else throw new OnnxProblem('onnx/operator', `${quoted(entry.name)} has no elements`);
    return entry.wire;
  };

  lookup(name: string, frame: Frame): Entry | null {
    for (let at: Frame | null = frame; at; at = at.outer) {
      const found = at.tensors.get(name);
      if (found !== undefined) return found;
    }
    throw new OnnxProblem(
      'onnx/malformed',
      `it reads ${quoted(name)}, which no node before it computes`,
      'The nodes of a model stand in the order in which they are computed.',
    );
  }

  nodes(list: readonly NodeProto[], frame: Frame): void {
    for (const node of list) {
      if (++this.#count > this.#most) {
        throw new OnnxProblem('onnx/malformed', `functions and loops make more than ${MOST_WRITTEN_OUT} nodes of it`);
      }
      const title = node.name || node.output.find((name) => name !== '') || node.opType;
      const name = frame.prefix + title;
      const where = `Node ${quoted(name)} (${node.opType})`;
      const outputs = node.output.filter((output) => output !== '');
      const right = this.guard(where, () => {
        for (const output of outputs) {
          if (frame.tensors.has(output)) throw new OnnxProblem('onnx/malformed', `${quoted(output)} is computed twice`);
        }
        this.#node(node, name, frame);
      });
      // What hangs on a node that failed waits in silence.
      if (!right) for (const output of outputs) if (!frame.tensors.has(output)) frame.tensors.set(output, null);
    }
  }

  #node(node: NodeProto, name: string, frame: Frame): void {
    const given = node.input.map((input) => (input === '' ? undefined : this.lookup(input, frame)));
    if (given.some((entry) => entry === null)) {
      for (const output of node.output) if (output !== '') frame.tensors.set(output, null);
      return;
    }
    const inputs = given.map((entry) => entry ?? null);
    const attributes = new OnnxAttributes(node, frame.call);
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    const fn = this.#model.functions.get(functionKey(node.domain, node.opType));
    if (fn) this.#call(fn, inputs, node, name, attributes, frame);
    else if (standard && node.opType === 'Constant') this.#constantNode(node, name, attributes, frame);
    else if (standard && node.opType === 'If') this.#branch(node, name, attributes, inputs, frame);
    else if (standard && node.opType === 'Loop') this.#loop(node, name, attributes, inputs, frame);
    else this.#operator(node, name, attributes, inputs, frame);
  }

  #constantNode(node: NodeProto, name: string, attributes: OnnxAttributes, frame: Frame): void {
    const [output = name] = node.output;
    const proto = attributes.tensor('value');
    const single = (elem: number, values: ArrayLike<number>, shape: readonly number[]): OnnxTensor => ({
      elem,
      shape,
      values: elem === ELEM.float ? Float32Array.from(values) : Float64Array.from(values),
    });
    const [int, float] = [attributes.int('value_int'), attributes.float('value_float')];
    const [ints, floats] = [attributes.ints('value_ints'), attributes.floats('value_floats')];
    const value = proto
      ? readTensor(proto, this.#external)
      : int !== null
        ? single(ELEM.int64, [int], [])
        : float !== null
          ? single(ELEM.float, [float], [])
          : ints
            ? single(ELEM.int64, ints, [ints.length])
            : floats
              ? single(ELEM.float, floats, [floats.length])
              : null;
    if (!value) throw new OnnxProblem('onnx/dtype', 'its value is neither a tensor nor numbers');
    frame.tensors.set(output, { ...this.#literal(output, value), name: node.name || output });
  }

  #operator(
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    inputs: readonly (Entry | null)[],
    frame: Frame,
  ): void {
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    const call: Call = {
      proto: node,
      name,
      op: node.opType,
      opset: frame.opset,
      attributes,
      inputs,
      outputs: node.output,
      draft: this.draft,
      wire: this.wire,
      constant: (title, value) => this.#constant(title, value),
      read: (proto) => readTensor(proto, this.#external),
      fix: (entry) => void (entry.weight && this.fixed.add(entry.name)),
      note: (kind, subject) => this.note(kind, subject),
    };
    let made: readonly (Wire | Entry | null)[] | null = null;
    const translated = () => {
      made ??= this.#translated(call, standard, frame);
      return made;
    };
    const known = standard ? this.#fold(call) : null;
    node.output.forEach((output, at) => {
      const value = known?.[at];
      if (output === '' || !value) return;
      const elem = node.opType === 'Cast' ? (attributes.int('to') ?? ELEM.float) : DEFAULT_ELEM[value.dtype];
      const place = () => {
        const wire = translated()[at];
        if (!wire) throw new OnnxProblem('onnx/operator', `its output ${at + 1} has no counterpart`);
        return 'ref' in wire ? wire : this.wire(wire);
      };
      const type = tensor(value.dtype, value.shape);
      frame.tensors.set(output, { name: output, type, elem, known: value, weight: null, wire: null, place });
    });
    if (known) return;
    const results = translated();
    node.output.forEach((output, at) => {
      if (output === '') return;
      const result = results[at];
      // Statistics and the like, which few read: whoever does is told.
      if (!result) {
        frame.tensors.set(output, this.#absent(output, name, frame));
        return;
      }
      const declared = this.declaredElem(output, frame);
      const entry: Entry =
        'ref' in result
          ? {
              name: output,
              type: result.type,
              elem: declared ?? DEFAULT_ELEM[result.type.dtype],
              known: null,
              weight: null,
              wire: result,
              place: null,
            }
          : result;
      frame.tensors.set(output, entry);
    });
  }

  #absent(output: string, name: string, frame: Frame): Entry {
    const place = (): Wire => {
      throw new OnnxProblem('onnx/operator', `the output ${quoted(output)} of ${quoted(name)} has no counterpart`);
    };
    const declared = frame.declared.get(output);
    const type = this.declaredType(declared)?.type ?? tensor('float32', []);
    return { name: output, type, elem: ELEM.float, known: null, weight: null, wire: null, place };
  }

  declaredElem(output: string, { declared }: Frame): number | null {
    const value = declared.get(output)?.type?.value;
    return value?.case === 'tensorType' ? value.value.elemType : null;
  }

  #fold({ op, opset, attributes, inputs, outputs }: Call): readonly Known[] | null {
    return fold({
      op,
      opset,
      attributes,
      types: inputs.map((entry) => entry?.type ?? null),
      inputs: inputs.map((entry) => entry?.known ?? null),
      outputs: outputs.length,
    });
  }

  #translated(call: Call, standard: boolean, frame: Frame): readonly (Wire | Entry | null)[] {
    const record = this.draft.registry.get(call.op);
    const special = SPECIAL[call.op];
    const microsoft = call.proto.domain === 'com.microsoft' && call.op === 'Gelu';
    const usable = record && (record.kind ?? 'operator') === 'operator' && !record.internal && !DYNAMIC.has(call.op);
    let reason: unknown = new OnnxProblem('onnx/operator', `there is no operator ${call.op} in the language`);
    if ((standard && (special || usable)) || microsoft) {
      try {
        const results = special ? special(call) : record ? translate(call, record) : [];
        const missing = call.outputs.find((output, at) => !results[at] && this.#used.has(output));
        if (missing === undefined) return results;
        reason = new OnnxProblem('onnx/operator', `its output ${quoted(missing)} has no counterpart`);
      } catch (error) {
        if (!(error instanceof OnnxProblem || error instanceof DiagnosticError)) throw error;
        reason = error;
      }
    }
    return this.#foreign(call, frame, reason);
  }

  /** Keeps a node as it is. Its outputs need declared types. */
  #foreign(call: Call, frame: Frame, reason: unknown): readonly Wire[] {
    const { proto, name, inputs } = call;
    if (call.attributes.list().some(({ g, graphs }) => g !== undefined || graphs.length > 0)) throw reason;
    const types = proto.output.map((output) => (output === '' ? null : this.declaredType(frame.declared.get(output))));
    if (types.some((type, at) => type === null && proto.output[at] !== '')) throw reason;
    const given = inputs.flatMap((entry) => (entry ? [entry] : []));
    const wires = given.map((entry) => this.wire(entry));
    // Where operands are omitted, the names tell: ports are filled from the front.
    const places = inputs.map((entry) => (entry ? 'x' : ''));
    const { opType, domain } = proto;
    const bare = create(NodeProtoSchema, { opType, domain, input: places, attribute: [...call.attributes.list()] });
    const bytes = toBinary(NodeProtoSchema, bare);
    const version = this.#model.proto.opsetImport.find(({ domain }) => domain === proto.domain)?.version ?? 1n;
    const outputs = this.draft.add(
      FOREIGN,
      name,
      {
        operator: proto.opType,
        domain: proto.domain,
        version: Number(version),
        node: btoa(String.fromCharCode(...bytes)),
        types: types.map((type) => (type ? printType(type.type) : 'f32[]')),
        inputs: given.map(({ elem }) => elem),
        outputs: types.map((type) => type?.elem ?? ELEM.float),
      },
      wires,
    );
    const message = reason instanceof Error ? reason.message : String(reason);
    this.note('foreign', `${name} (${proto.opType}: ${message})`);
    return outputs;
  }

  #call(
    fn: FunctionProto,
    inputs: readonly (Entry | null)[],
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    frame: Frame,
  ): void {
    const key = functionKey(fn.domain, fn.name);
    if (frame.calls.includes(key)) {
      throw new OnnxProblem(
        'onnx/malformed',
        `the function calls itself: ${[...frame.calls, key].map(quoted).join(' → ')}`,
      );
    }
    const version = fn.opsetImport.find(({ domain }) => domain === '')?.version;
    const inner: Frame = {
      tensors: new Map(fn.input.map((formal, at) => [formal, inputs[at] ?? null])),
      outer: null,
      prefix: `${name}/`,
      opset: Number(version ?? frame.opset),
      call: attributes,
      calls: [...frame.calls, key],
      declared: new Map(),
    };
    this.nodes(fn.node, inner);
    this.#results(fn.output, node, inner, frame);
  }

  /** Hands the results of a graph on to the outputs of the node it stands for. */
  #results(names: readonly string[], node: NodeProto, inner: Frame, frame: Frame): void {
    node.output.forEach((output, at) => {
      const name = names[at];
      if (output !== '' && name !== undefined) frame.tensors.set(output, this.lookup(name, inner));
    });
  }

  #inside(graph: GraphProto, prefix: string, frame: Frame): Frame {
    const declared = new Map(graph.valueInfo.map((info) => [info.name, info]));
    const inner: Frame = { ...frame, tensors: new Map(), outer: frame, prefix, declared };
    for (const proto of graph.initializer) {
      inner.tensors.set(proto.name, this.#literal(prefix + proto.name, readTensor(proto, this.#external)));
    }
    return inner;
  }

  #branch(
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    inputs: readonly (Entry | null)[],
    frame: Frame,
  ): void {
    const condition = inputs[0]?.known?.values[0];
    if (typeof condition !== 'number') {
      throw new OnnxProblem(
        'onnx/control-flow',
        'which branch is taken depends on values',
        'Conditions have to follow from shapes and constants. Export the model with fixed sizes, or without the branch.',
      );
    }
    const graph = attributes.graph(condition !== 0 ? 'then_branch' : 'else_branch');
    if (!graph) throw new OnnxProblem('onnx/malformed', 'it has no branch for its condition');
    const inner = this.#inside(graph, `${name}/`, frame);
    this.nodes(graph.node, inner);
    this.#results(
      graph.output.map((info) => info.name),
      node,
      inner,
      frame,
    );
  }

  #loop(
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    inputs: readonly (Entry | null)[],
    frame: Frame,
  ): void {
    const graph = attributes.graph('body');
    const [count, condition] = [inputs[0]?.known?.values[0], inputs[1]];
    const isForever = !condition || condition.known?.values[0] === 1;
    if (!graph || typeof count !== 'number' || !isForever || count > MOST_ITERATIONS) {
      throw new OnnxProblem(
        'onnx/control-flow',
        'how often it runs is not known, or too often to be written out',
        `Loops of a fixed number of iterations, at most ${MOST_ITERATIONS}, are written out.`,
      );
    }
    const carried = graph.input.slice(2).map((info) => info.name);
    const scanned = graph.output.length - 1 - carried.length;
    if (scanned > 0) throw new OnnxProblem('onnx/control-flow', 'it collects a value of every iteration');
    let state: (Entry | null)[] = carried.map((_, at) => inputs[2 + at] ?? null);
    for (let step = 0; step < count; step++) {
      const inner = this.#inside(graph, `${name}/${step}/`, frame);
      const [counter, going] = graph.input.map((info) => info.name);
      const single = (elem: number, value: number) => ({ elem, shape: [], values: Float64Array.of(value) });
      if (counter) inner.tensors.set(counter, this.#literal(`${name}/${step}/iteration`, single(ELEM.int64, step)));
      if (going) inner.tensors.set(going, this.#literal(`${name}/${step}/going`, single(ELEM.bool, 1)));
      carried.forEach((formal, at) => void inner.tensors.set(formal, state[at] ?? null));
      this.nodes(graph.node, inner);
      const [goesOn, ...next] = graph.output.map((info) => this.lookup(info.name, inner));
      if (goesOn && goesOn.known?.values[0] !== 1) {
        throw new OnnxProblem('onnx/control-flow', 'whether it goes on depends on values');
      }
      state = next;
    }
    node.output.forEach((output, at) => {
      if (output !== '') frame.tensors.set(output, state[at] ?? null);
    });
  }
}
