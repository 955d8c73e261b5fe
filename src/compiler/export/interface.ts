/** Gives an emitted model the inputs and outputs of the model it was made from: their order, types and names of sizes. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ModelPort } from '../import/import.ts';
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../onnx/onnx_pb.ts';
import { nodeProto, ONNX_DTYPE } from '../onnx/write.ts';

export interface Interface {
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Declarations of the inputs in the original model; those that are not used stay. */
  readonly declared: ReadonlyMap<string, ValueInfoProto>;
  /** Names of sizes as the original model has them. */
  readonly dims: ReadonlyMap<string, string>;
}

const elemOf = ({ type }: ValueInfoProto): number =>
  type?.value.case === 'tensorType' ? type.value.value.elemType : 0;

function withElem(info: ValueInfoProto, elem: number): ValueInfoProto {
  if (info.type?.value.case === 'tensorType') info.type.value.value.elemType = elem;
  return info;
}

function withDims(info: ValueInfoProto, dims: ReadonlyMap<string, string>): ValueInfoProto {
  const { type } = info;
  if (type?.value.case !== 'tensorType' || !type.value.value.shape) return info;
  for (const { value } of type.value.value.shape.dim) {
    if (value.case === 'dimParam') value.value = dims.get(value.value) ?? value.value;
  }
  return info;
}

const castNode = (from: string, to: string, elem: number): NodeProto =>
  nodeProto({
    op: 'Cast',
    name: `${from}:${to}`,
    inputs: [from],
    outputs: [to],
    attributes: { to: { kind: 'int', value: elem } },
  });

/** Renames a tensor wherever nodes name it. */
function rename(nodes: readonly NodeProto[], from: string, to: string): void {
  for (const node of nodes) {
    node.input = node.input.map((name) => (name === from ? to : name));
    node.output = node.output.map((name) => (name === from ? to : name));
  }
}

/** Changes the graph in place. */
export function restoreInterface(graph: GraphProto, { inputs, outputs, declared, dims }: Interface): void {
  const before: NodeProto[] = [];
  const after: NodeProto[] = [];
  const own = new Map(graph.input.map((info) => [info.name, info]));
  const listed = inputs.flatMap(({ name, elem }) => {
    const info = own.get(name);
    own.delete(name);
    if (!info) return declared.get(name) ?? [];
    if (elemOf(info) === elem) return withDims(info, dims);
    const inner = `${name}:given`;
    rename(graph.node, name, inner);
    before.push(castNode(name, inner, elemOf(info)));
    return withDims(withElem(info, elem), dims);
  });
  graph.input = [...listed, ...own.values()];
  graph.output = graph.output.map((info) => {
    const wanted = outputs.find(({ name }) => name === info.name);
    if (!wanted || elemOf(info) === wanted.elem) return withDims(info, dims);
    const inner = `${info.name}:made`;
    rename(graph.node, info.name, inner);
    after.push(castNode(inner, info.name, wanted.elem));
    return withDims(withElem(info, wanted.elem), dims);
  });
  graph.node = [...before, ...graph.node, ...after];
}

/** Lists initializers as inputs too, so that a caller can give other values. */
export function makeOverridable(graph: GraphProto, names: ReadonlySet<string>): void {
  const listed = new Set(graph.input.map(({ name }) => name));
  for (const { name, dims } of graph.initializer) {
    if (!names.has(name) || listed.has(name)) continue;
    const shape = { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) };
    graph.input.push(
      create(ValueInfoProtoSchema, {
        name,
        type: { value: { case: 'tensorType', value: { elemType: ONNX_DTYPE.float32, shape } } },
      }),
    );
  }
}

/** The model without the default values of inputs: ONNX Runtime's JavaScript takes no others for inputs that have some. */
export function withoutDefaults(bytes: Uint8Array, names: ReadonlySet<string>): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (!graph?.initializer.some(({ name }) => names.has(name))) return bytes;
  const inputs = new Set(graph.input.map(({ name }) => name));
  graph.initializer = graph.initializer.filter(({ name }) => !names.has(name) || !inputs.has(name));
  return toBinary(ModelProtoSchema, model);
}
