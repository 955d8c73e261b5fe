import type { StateSlot } from '../compiler/plan.ts';
import { FormatError } from '../formats/tensor.ts';
import type { State } from '../runtime/protocol.ts';
import { matchWeights } from '../weights/match.ts';
import { readWeightFile, type WeightFile, type WeightFormat, writeWeightFile } from '../weights/weight-file.ts';
import { CommandError, readBytes } from './files.ts';

function read(path: string): WeightFile {
  try {
    return readWeightFile(readBytes(path), path);
  } catch (error) {
    if (error instanceof FormatError) throw new CommandError(error.message);
    throw error;
  }
}

export interface LoadedWeights {
  readonly state: State;
  /** Steps that were made before they were saved; null where the file does not tell. */
  readonly step: number | null;
}

/** The values of slots by name. Every parameter has to be there; `all` asks for the state of optimizers as well. */
export function loadWeights(path: string, slots: readonly StateSlot[], all: boolean): LoadedWeights {
  const file = read(path);
  const state: Record<string, Float32Array> = {};
  for (const { slot, chosen, found } of matchWeights(slots, file)) {
    const tensor = chosen && file.tensors.get(chosen.name);
    if (tensor) {
      state[slot.id] = Float32Array.from(tensor.data as ArrayLike<number>);
      continue;
    }
    if (slot.kind === 'slot' && !all) continue;
    const shape = `[${slot.shape.join(', ')}]`;
    throw new CommandError(
      found
        ? `${path}: ${slot.id} is [${found.join(', ')}], but the drawing needs ${shape}.`
        : `${path} has no values for ${slot.id} ${shape}. It has: ${[...file.tensors.keys()].slice(0, 20).join(', ') || 'nothing'}.`,
    );
  }
  const step = Number(file.metadata.step);
  return { state, step: Number.isInteger(step) && step >= 0 ? step : null };
}

export function weightBytes(
  path: string,
  name: string,
  slots: readonly StateSlot[],
  state: State,
  step: number,
): Uint8Array {
  const format: WeightFormat = /\.npz$/i.test(path) ? 'npz' : 'safetensors';
  const tensors = new Map(
    slots.map(({ id, shape }) => [id, { dtype: 'float32' as const, shape, data: state[id] ?? new Float32Array() }]),
  );
  return writeWeightFile({ tensors, metadata: { format: 'wiregrad', name, step: String(step) } }, format);
}
