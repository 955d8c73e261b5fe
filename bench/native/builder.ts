/** Writes small ONNX graphs, one call an operator. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../../src/compiler/onnx/onnx_pb.ts';

type Attributes = Readonly<Record<string, number | number[]>>;

export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];

  input(name: string, shape: readonly number[]): string {
    this.#inputs.push(valueInfo(name, shape));
    return name;
  }

  output(name: string, value: string, shape: readonly number[]): void {
    this.#nodes.push(create(NodeProtoSchema, { opType: 'Identity', input: [value], output: [name] }));
    this.#outputs.push(valueInfo(name, shape));
  }

  op(opType: string, input: string[], attributes: Attributes = {}): string {
    const output = `${opType}_${this.#nodes.length}`;
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.#nodes.push(create(NodeProtoSchema, { opType, input, output: [output], attribute }));
    return output;
  }

  scalar(value: number): string {
    return this.#constant({ dataType: DataType.FLOAT, floatData: [value] });
  }

  /** An int64 vector: axes or a shape. */
  ints(values: readonly number[]): string {
    return this.#constant({
      dataType: DataType.INT64,
      dims: [BigInt(values.length)],
      int64Data: values.map((value) => BigInt(value)),
    });
  }

  bytes(): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [{ domain: '', version: 21n }],
      graph: {
        name: 'step',
        node: this.#nodes,
        initializer: this.#constants,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return toBinary(ModelProtoSchema, model);
  }

  #constant(tensor: { dataType: number; dims?: bigint[]; floatData?: number[]; int64Data?: bigint[] }): string {
    const name = `constant_${this.#constants.length}`;
    this.#constants.push(create(TensorProtoSchema, { name, ...tensor }));
    return name;
  }
}

function valueInfo(name: string, shape: readonly number[]): ValueInfoProto {
  const dim = shape.map((length) => ({ value: { case: 'dimValue' as const, value: BigInt(length) } }));
  const tensor = { elemType: DataType.FLOAT, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensor } } });
}

function attributeOf(name: string, value: number | number[]): AttributeProto {
  return Array.isArray(value)
    ? create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map((item) => BigInt(item)) })
    : create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}
