/**
 * Directions through parameters. Random ones are scaled filter by filter to the size of the filter (Li et al., 2018), so
 * that layers of small weights are not moved more than others; biases stay.
 */

export interface Parameter {
  readonly slot: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A small generator of random numbers in [0, 1) (mulberry32): the same seed gives the same plane. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normals(count: number, next: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  });
}

/** Which filter each element belongs to: columns of matrices are the weights of one unit, else the first axis counts. */
function filterOf(shape: readonly number[]): { readonly count: number; readonly of: (element: number) => number } {
  const [first = 1, second = 1] = shape;
  if (shape.length === 2) return { count: second, of: (element) => element % second };
  const size = shape.slice(1).reduce((all, dim) => all * dim, 1);
  return { count: first, of: (element) => Math.floor(element / size) };
}

/** One random direction through all parameters; of the size of the parameters, filter by filter. */
export function randomDirection(parameters: readonly Parameter[], seed: number): Float32Array[] {
  const next = uniform(seed);
  const hasFilters = parameters.some(({ shape }) => shape.length > 1);
  return parameters.map(({ shape, values }) => {
    const direction = normals(values.length, next);
    if (hasFilters && shape.length < 2) return direction.fill(0);
    const { count, of } = hasFilters ? filterOf(shape) : { count: 1, of: () => 0 };
    const own = new Float64Array(count);
    const wanted = new Float64Array(count);
    direction.forEach((value, element) => {
      const filter = of(element);
      own[filter] = (own[filter] ?? 0) + value * value;
      wanted[filter] = (wanted[filter] ?? 0) + (values[element] ?? 0) ** 2;
    });
    return direction.map((value, element) => {
      const filter = of(element);
      const scale = own[filter] ? Math.sqrt((wanted[filter] ?? 0) / (own[filter] ?? 1)) : 0;
      return value * scale;
    });
  });
}

/** A direction along one element of one parameter. */
export function elementDirection(parameters: readonly Parameter[], slot: string, element: number): Float32Array[] {
  return parameters.map((parameter) => {
    const direction = new Float32Array(parameter.values.length);
    if (parameter.slot === slot) direction[element] = 1;
    return direction;
  });
}

/** Evenly from -radius to radius, with 0 in the middle. */
export function placesAround(radius: number, count: number): Float32Array {
  const half = (count - 1) / 2;
  return Float32Array.from({ length: count }, (_, at) => ((at - half) / half) * radius);
}
