import type { NodeProto, TensorProto } from '../onnx/onnx_pb.ts';
import type { TensorType } from '../types.ts';
import type { OnnxAttributes } from './attributes.ts';
import type { Draft, Wire } from './draft.ts';
import type { Known } from './known.ts';
import type { OnnxTensor } from './tensors.ts';

/** A tensor of the model: what is known of it, and where it is in the drawing once something is wired to it. */
export interface Entry {
  readonly name: string;
  readonly type: TensorType;
  /** TensorProto.DataType in the model. */
  readonly elem: number;
  /** Null for weights, which may change, and for what is computed when the graph runs. */
  readonly known: Known | null;
  /** A floating point initializer. */
  readonly weight: OnnxTensor | null;
  wire: Wire | null;
  /** Draws it. */
  readonly place: (() => Wire) | null;
}

/** A node of the model as translations see it. */
export interface Call {
  readonly proto: NodeProto;
  /** Unique in the drawing as far as the model has names. */
  readonly name: string;
  readonly op: string;
  readonly opset: number;
  readonly attributes: OnnxAttributes;
  /** Null for an omitted input. */
  readonly inputs: readonly (Entry | null)[];
  readonly outputs: readonly string[];
  readonly draft: Draft;
  /** The entry as a wire; draws it where that has not happened yet. */
  readonly wire: (entry: Entry) => Wire;
  /** A tensor of fixed values. */
  readonly constant: (name: string, value: Known) => Wire;
  /** The values of a tensor that an attribute holds. */
  readonly read: (tensor: TensorProto) => OnnxTensor;
  /** A parameter that optimizers leave alone. */
  readonly fix: (entry: Entry) => void;
  readonly note: (kind: string, subject: string) => void;
}

/** What an input holds where it is read on import, weights included; null where it is computed. */
export function valuesOf(entry: Entry): Known | null {
  if (entry.known) return entry.known;
  const { weight } = entry;
  return weight && { dtype: 'float32', shape: weight.shape, values: Array.from(weight.values) };
}
