import { fromBinary } from '@bufbuild/protobuf';
import { OnnxProblem } from '../compiler/import/problem.ts';
import { elemName, readTensor } from '../compiler/import/tensors.ts';
import { type GraphProto, ModelProtoSchema, type TensorProto } from '../compiler/onnx/onnx_pb.ts';
import { FormatError, type StoredDType, type StoredTensor } from '../formats/tensor.ts';

/** What holds the values as `readTensor` gives them; the dtype tells what they were. */
const FLOATS = ['float16', 'bfloat16', 'float32', 'float64'];

/** The initializers of a model by name; those of elements that are no numbers are left out. Throws a FormatError. */
export function readOnnxWeights(bytes: Uint8Array, where: string): Map<string, StoredTensor> {
  const graph = parseGraph(bytes, where);
  const tensors = new Map<string, StoredTensor>();
  for (const initializer of graph.initializer) {
    const tensor = read(initializer, where);
    if (tensor) tensors.set(initializer.name, tensor);
  }
  return tensors;
}

function parseGraph(bytes: Uint8Array, where: string): GraphProto {
  const known = 'it is none of safetensors, .npz, .npy and ONNX';
  try {
    const { graph } = fromBinary(ModelProtoSchema, bytes);
    if (graph) return graph;
  } catch (error) {
    throw new FormatError(`${where} cannot be read: ${known} (as ONNX: ${(error as Error).message}).`);
  }
  throw new FormatError(`${where} cannot be read: ${known}.`);
}

function read(initializer: TensorProto, where: string): StoredTensor | null {
  try {
    const { elem, shape, values } = readTensor(initializer);
    const dtype = elemName(elem) as StoredDType;
    return { dtype: FLOATS.includes(dtype) ? dtype : 'float64', shape, data: values };
  } catch (error) {
    if (!(error instanceof OnnxProblem)) throw error;
    if (error.code === 'onnx/dtype') return null;
    throw new FormatError(`“${initializer.name}” in ${where}: ${error.message}.`);
  }
}
