/** Walks the nodes of a model and draws them. */
import { create, toBinary } from '@bufbuild/protobuf';
import { DiagnosticError } from '../diagnostics.ts';
import { FOREIGN } from '../foreign.ts';
import { type NodeProto, NodeProtoSchema } from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import { printType, tensor } from '../types.ts';
import { OnnxAttributes } from './attributes.ts';
import { ControlFlow } from './control-flow.ts';
import type { Wire } from './draft.ts';
import type { Call, Entry } from './entry.ts';
import { fold } from './fold.ts';
import { type Frame, namesRead } from './frame.ts';
import type { Known } from './known.ts';
import { functionKey, type OnnxModel } from './model.ts';
import { translate } from './operators.ts';
import { OnnxProblem, quoted } from './problem.ts';
import { SPECIAL } from './special.ts';
import { ELEM, type OnnxTensor, type ReadExternal, readTensor } from './tensors.ts';

/** Nodes that functions and loops may add to those of the model. */
const MOST_WRITTEN_OUT = 20_000;

/** What these give has a size that depends on values; the operators of the language have a fixed one. */
const DYNAMIC: ReadonlySet<string> = new Set(['Compress', 'NonZero']);

const DEFAULT_ELEM = { float32: ELEM.float, int32: ELEM.int64, int64: ELEM.int64, bool: ELEM.bool } as const;

export class Importer extends ControlFlow {
  readonly #model: OnnxModel;
  readonly #used: ReadonlySet<string>;
  readonly #most: number;
  #count = 0;

  constructor(model: OnnxModel, registry: Registry, external: ReadExternal) {
    super(registry, external);
    this.#model = model;
    this.#used = namesRead(model);
    this.#most = model.graph.node.length + MOST_WRITTEN_OUT;
  }

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
    if (fn) this.call(fn, inputs, node, name, attributes, frame);
    else if (standard && node.opType === 'Constant') this.#constantNode(node, name, attributes, frame);
    else if (standard && node.opType === 'If') this.branch(node, name, attributes, inputs, frame);
    else if (standard && node.opType === 'Loop') this.loop(node, name, attributes, inputs, frame);
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
      ? readTensor(proto, this.external)
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
    frame.tensors.set(output, { ...this.literal(output, value), name: node.name || output });
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
      constant: (title, value) => this.constant(title, value),
      read: (proto) => readTensor(proto, this.external),
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
        if (error instanceof OnnxProblem && error.code === 'onnx/malformed') throw error;
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
}
