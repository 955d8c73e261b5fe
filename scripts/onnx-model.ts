/** ONNX models in a few lines, for tests. */
import { create, toBinary } from '@bufbuild/protobuf';
import { type Dim, isDimName } from '../src/compiler/dims.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../src/compiler/onnx/onnx_pb.ts';
import { attributeProto, nodeProto, tensorProto, valueInfoProto } from '../src/compiler/onnx/write.ts';
import { type DType, tensorData } from '../src/compiler/types.ts';

/** `float32[batch,3]` */
type TypeText = string;

/** Numbers are whole-number attributes; `{ float: 1 }` and `{ floats: [1] }` are floating point ones. */
export type AttributeGiven =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorProto }
  | { readonly graph: GraphProto }
  | { readonly ref: string };

/** `[operator, inputs, outputs, attributes]`; names are separated by spaces, `_` is an omitted one, `domain:Operator` one of a domain. */
export type NodeGiven = readonly [
  op: string,
  inputs: string,
  outputs: string,
  attributes?: Readonly<Record<string, AttributeGiven>>,
];

const words = (text: string): string[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => (word === '_' ? '' : word));

function attribute(name: string, given: AttributeGiven): AttributeProto {
  if (typeof given === 'number') return attributeProto(name, { kind: 'int', value: given });
  if (typeof given === 'string') return attributeProto(name, { kind: 'string', value: given });
  if (Array.isArray(given)) {
    const list = given as readonly (number | string)[];
    if (list.every((item) => typeof item === 'number')) return attributeProto(name, { kind: 'ints', value: list });
    const strings = list.map((item) => new TextEncoder().encode(String(item)));
    return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings });
  }
  if ('float' in given) return attributeProto(name, { kind: 'float', value: given.float });
  if ('floats' in given) return attributeProto(name, { kind: 'floats', value: given.floats });
  if ('graph' in given) return attributeProto(name, { kind: 'graph', value: given.graph });
  if ('ref' in given) return create(AttributeProtoSchema, { name, refAttrName: given.ref });
  return create(AttributeProtoSchema, {
    name,
    type: AttributeType.TENSOR,
    t: (given as { tensor: TensorProto }).tensor,
  });
}

export function node([op, inputs, outputs, attributes = {}]: NodeGiven): NodeProto {
  const [opType = '', domain = ''] = op.split(':').reverse();
  const proto = nodeProto({ op: opType, name: '', inputs: words(inputs), outputs: words(outputs) });
  proto.domain = domain;
  proto.attribute = Object.entries(attributes).map(([name, given]) => attribute(name, given));
  return proto;
}

export function value(name: string, type: TypeText): ValueInfoProto {
  const [, dtype = '', sizes = ''] = /^(\w+)\[(.*)\]$/.exec(type) ?? [];
  const shape = sizes
    .split(',')
    .filter(Boolean)
    .map((size): Dim => (isDimName(size) ? size : Number(size)));
  return valueInfoProto(name, { dtype: dtype as DType, shape });
}

export const floats = (name: string, shape: readonly number[], values: ArrayLike<number> | number): TensorProto =>
  tensorProto(name, tensorData('float32', shape, values));

export const longs = (name: string, shape: readonly number[], values: ArrayLike<number> | number): TensorProto =>
  tensorProto(name, tensorData('int64', shape, values));

export interface GraphGiven {
  readonly inputs?: Readonly<Record<string, TypeText>>;
  readonly outputs: Readonly<Record<string, TypeText>>;
  readonly values?: Readonly<Record<string, TypeText>>;
  readonly initializers?: readonly TensorProto[];
  readonly nodes: readonly NodeGiven[];
}

const declared = (types: Readonly<Record<string, TypeText>> = {}) =>
  Object.entries(types).map(([name, type]) => value(name, type));

export function graph({ inputs, outputs, values, initializers = [], nodes }: GraphGiven): GraphProto {
  return create(GraphProtoSchema, {
    name: 'graph',
    input: declared(inputs),
    output: declared(outputs),
    valueInfo: declared(values),
    initializer: [...initializers],
    node: nodes.map(node),
  });
}

export interface FunctionGiven {
  readonly name: string;
  readonly domain: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly attributes?: readonly string[];
  readonly nodes: readonly NodeGiven[];
}

function functionProto({ name, domain, inputs, outputs, attributes = [], nodes }: FunctionGiven): FunctionProto {
  return create(FunctionProtoSchema, {
    name,
    domain,
    input: words(inputs),
    output: words(outputs),
    attribute: [...attributes],
    node: nodes.map(node),
    opsetImport: [{ domain: '', version: 17n }],
  });
}

export interface ModelGiven extends GraphGiven {
  readonly opset?: number;
  readonly domains?: readonly string[];
  readonly functions?: readonly FunctionGiven[];
}

export function onnxModel({ opset = 17, domains = [], functions = [], ...given }: ModelGiven): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'test',
    opsetImport: [{ domain: '', version: BigInt(opset) }, ...domains.map((domain) => ({ domain, version: 1n }))],
    graph: graph(given),
    functions: functions.map(functionProto),
  });
  return toBinary(ModelProtoSchema, model);
}
