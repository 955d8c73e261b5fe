import type { Initializer, StateSlot } from '../../compiler/plan.ts';
import type { State } from '../protocol.ts';
import { RandomState } from './random.ts';

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Values are drawn in float64 in row-major order and rounded to float32 once, as NumPy's `astype` rounds them. */
export function initialValues(initializer: Initializer, size: number): Float32Array {
  const values = new Float32Array(size);
  switch (initializer.kind) {
    case 'constant':
      return values.fill(initializer.value);
    case 'uniform': {
      const random = new RandomState(initializer.seed);
      for (let i = 0; i < size; i++) values[i] = random.uniform(initializer.low, initializer.high);
      return values;
    }
    case 'normal': {
      const random = new RandomState(initializer.seed);
      for (let i = 0; i < size; i++) values[i] = random.normal(initializer.mean, initializer.std);
      return values;
    }
    case 'values':
      if (initializer.values.length !== size) {
        throw new Error(`${initializer.values.length} initial values for ${size} elements`);
      }
      values.set(initializer.values);
      return values;
  }
}

export function initialState(slots: readonly StateSlot[]): State {
  return keepState(slots, [], {});
}

/** `kept` values of slots with the id and shape that one of `keptSlots` has, initial values elsewhere. */
export function keepState(slots: readonly StateSlot[], keptSlots: readonly StateSlot[], kept: State): State {
  const shapes = new Map(keptSlots.map((slot) => [slot.id, slot.shape.join()]));
  return Object.fromEntries(
    slots.map((slot) => {
      const old = shapes.get(slot.id) === slot.shape.join() ? kept[slot.id] : undefined;
      return [slot.id, old ?? initialValues(slot.initializer, sizeOf(slot.shape))];
    }),
  );
}
