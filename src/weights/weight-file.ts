/** Files of weights: tensors by name, in any of the formats that are read. */
import { readNpy } from '../formats/npy.ts';
import { readNpz, writeNpz } from '../formats/npz.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { StoredTensor } from '../formats/tensor.ts';
import { readOnnxWeights } from './onnx-weights.ts';

export const WEIGHT_FORMATS = ['safetensors', 'npz'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

export interface WeightFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `step` is the number of steps that were made. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** In an .npz file, which has no place for metadata, this array holds the number of steps. */
const STEP = 'wiregrad.step';

/** Reads safetensors, .npz, .npy and ONNX files, told apart by their first bytes. Throws a FormatError. */
export function readWeightFile(bytes: Uint8Array, name: string): WeightFile {
  if (startsWith(bytes, [0x50, 0x4b])) return withStep(readNpz(bytes, name));
  if (startsWith(bytes, [0x93, 0x4e])) {
    return { tensors: new Map([[name.replace(/\.npy$/i, ''), readNpy(bytes, name)]]), metadata: {} };
  }
  // A header in JSON; ONNX files begin with the number of a field and never have a brace there.
  if (bytes[8] === 0x7b || /\.safetensors$/i.test(name)) return readSafetensors(bytes, name);
  return { tensors: readOnnxWeights(bytes, name), metadata: {} };
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}

function withStep(tensors: Map<string, StoredTensor>): WeightFile {
  const step = tensors.get(STEP);
  tensors.delete(STEP);
  return { tensors, metadata: step ? { step: String(step.data[0]) } : {} };
}

export function writeWeightFile({ tensors, metadata }: WeightFile, format: WeightFormat): Uint8Array {
  if (format === 'safetensors') return writeSafetensors({ tensors, metadata });
  const { step } = metadata;
  const all = new Map(tensors);
  if (step !== undefined) all.set(STEP, { dtype: 'int32', shape: [], data: Int32Array.of(Number(step)) });
  return writeNpz(all);
}
