/** Nodes of ONNX that the language has no operator for: they are kept as they are and written again unchanged. */
import { fromBinary } from '@bufbuild/protobuf';
import { isDim } from './dims.ts';
import { type NodeProto, NodeProtoSchema } from './onnx/onnx_pb.ts';
import { type DType, type TensorType, tensor } from './types.ts';

/** The operator of such nodes in the registry. */
export const FOREIGN = 'Foreign';

const DTYPES: Readonly<Record<string, DType>> = { f32: 'float32', i32: 'int32', bool: 'bool' };

/** The type that `printType` prints; null where it is none. */
export function parseType(text: string): TensorType | null {
  const [, short = '', sizes = ''] = /^(\w+)\[([^\]]*)\]$/.exec(text) ?? [];
  const dtype = DTYPES[short];
  if (!dtype) return null;
  const words = sizes === '' ? [] : sizes.split(',');
  if (words.some((word) => !/^\d+$/.test(word) && !isDim(word))) return null;
  return tensor(
    dtype,
    words.map((word) => (/^\d+$/.test(word) ? Number(word) : word)),
  );
}

/** The node without inputs, outputs and name, from its base64; null where it is damaged. */
export function foreignNode(text: string): NodeProto | null {
  try {
    return fromBinary(
      NodeProtoSchema,
      Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
    );
  } catch {
    return null;
  }
}
