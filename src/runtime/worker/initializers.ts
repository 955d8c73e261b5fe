import type { Generator, Initializer, StateSlot } from '../../compiler/plan.ts';
import type { State } from '../protocol.ts';
import { orthonormal } from './orthonormal.ts';
import { RandomState } from './random.ts';

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/**
 * Random values are drawn in float64 in row-major order and rounded to float32 once, as NumPy's `astype` rounds them.
 */
export function initialValues(initializer: Initializer, shape: readonly number[]): Float32Array {
  const size = sizeOf(shape);
  const values = new Float32Array(size);
  switch (initializer.kind) {
    case 'constant':
      return values.fill(initializer.value);
    case 'uniform': {
      const random = generatorOf(initializer);
      for (let i = 0; i < size; i++) values[i] = random.uniform(initializer.low, initializer.high);
      return values;
    }
    case 'normal': {
      const random = generatorOf(initializer);
      for (let i = 0; i < size; i++) values[i] = random.normal(initializer.mean, initializer.std);
      return values;
    }
    case 'orthogonal': {
      const random = generatorOf(initializer);
      const [rows = 1] = shape;
      const drawn = Float64Array.from({ length: size }, () => random.normal());
      return Float32Array.from(orthonormal(drawn, rows), (value) => value * initializer.gain);
    }
    case 'identity': {
      const [rows = 1, columns = 1] = shape;
      for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = initializer.gain;
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

/** RandomState(seed) where it stands after what it has drawn before. */
function generatorOf({ seed, before = [] }: Generator): RandomState {
  const random = new RandomState(seed);
  for (const { law, count } of before) {
    for (let i = 0; i < count; i++) {
      if (law === 'uniform') random.uniform();
      else random.normal();
    }
  }
  return random;
}

export function initialState(slots: readonly StateSlot[]): State {
  return keepState(slots, [], {});
}

/**
 * `kept` values of slots with the id and shape that one of `keptSlots` has, initial values elsewhere. `from` gives other
 * ids, by slot; what it does not name is not kept then.
 */
export function keepState(
  slots: readonly StateSlot[],
  keptSlots: readonly StateSlot[],
  kept: State,
  from?: Readonly<Record<string, string>>,
): State {
  const shapes = new Map(keptSlots.map((slot) => [slot.id, slot.shape.join()]));
  return Object.fromEntries(
    slots.map((slot) => {
      const id = from ? from[slot.id] : slot.id;
      const old = id !== undefined && shapes.get(id) === slot.shape.join() ? kept[id] : undefined;
      return [slot.id, old ?? initialValues(slot.initializer, slot.shape)];
    }),
  );
}
