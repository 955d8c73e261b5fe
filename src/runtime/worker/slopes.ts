/** Finite differences against derivatives, in float32. */
import type { GradientCheckPlan } from '../../compiler/plan.ts';
import type { ParameterCheck, SlopeCheck, State } from '../protocol.ts';
import { RandomState } from './random.ts';

/** Steps relative to the size of what is moved. */
const STEPS = [2 ** -6, 2 ** -8];
/** Largest relative error that rounding and curvature are forgiven. */
const TOLERANCE = 1e-2;
/** Elements that are moved by themselves, besides the one with the largest derivative. */
const SINGLES = 2;
/** Rounding errors of a cost add up to a few units in its last place. */
const ROUNDING = 8 * 2 ** -24;
/** Parameters that begin at 0 are moved as if they were of this size. */
const LEAST = 0.1;

export type Cost = (state: State) => Promise<number>;

interface Direction {
  readonly what: SlopeCheck['what'];
  readonly along: Float32Array;
  /** Length of the whole step that a relative step of 1 would be. */
  readonly size: number;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function directionsOf(values: Float32Array, gradient: Float32Array, seed: number): Direction[] {
  const n = values.length;
  const random = new RandomState([seed, n]);
  const rms = Math.sqrt(dot(values, values) / n);
  let largest = 0;
  gradient.forEach((slope, i) => {
    if (Math.abs(slope) > Math.abs(gradient[largest] ?? 0)) largest = i;
  });
  const order = random.permutation(n);
  const elements = [largest, ...Array.from(order.subarray(0, SINGLES))];
  const single = (element: number): Direction => {
    const along = new Float32Array(n);
    along[element] = 1;
    return { what: element, along, size: Math.max(Math.abs(values[element] ?? 0), rms, LEAST) };
  };
  const singles = [...new Set(elements)].map(single);
  if (n === 1) return singles;
  // Half of the elements forward, the others back: every one of them counts alike.
  const along = new Float32Array(n);
  random.permutation(n).forEach((place, i) => {
    along[i] = (place % 2 === 0 ? 1 : -1) / Math.sqrt(n);
  });
  return [{ what: 'direction', along, size: Math.max(rms, LEAST) * Math.sqrt(n) }, ...singles];
}

/** Compares one slope. A kink is where the slopes on both sides differ, however small the step. */
async function checkSlope(
  cost: Cost,
  state: State,
  slot: string,
  gradient: Float32Array,
  { what, along, size }: Direction,
): Promise<SlopeCheck> {
  const values = state[slot] as Float32Array;
  const derivative = dot(gradient, along);
  const middle = await cost(state);
  let best: SlopeCheck | null = null;
  let isKink = false;
  for (const relative of STEPS) {
    const h = relative * size;
    const above = values.map((value, i) => value + h * (along[i] ?? 0));
    const below = values.map((value, i) => value - h * (along[i] ?? 0));
    // What was moved in fact, after rounding to float32.
    const up = dot(
      above.map((value, i) => value - (values[i] ?? 0)),
      along,
    );
    const down = dot(
      values.map((value, i) => value - (below[i] ?? 0)),
      along,
    );
    const high = await cost({ ...state, [slot]: above });
    const low = await cost({ ...state, [slot]: below });
    const difference = (high - low) / (up + down);
    const noise = (ROUNDING * Math.max(Math.abs(high), Math.abs(low))) / (up + down);
    const scale = Math.max(Math.abs(derivative), Math.abs(difference), noise / TOLERANCE);
    const error = scale === 0 ? 0 : Math.abs(difference - derivative) / scale;
    const sides = [(high - middle) / up, (middle - low) / down] as const;
    const bend = Math.abs(sides[0] - sides[1]);
    const between =
      derivative >= Math.min(...sides) - 2 * noise - TOLERANCE * scale &&
      derivative <= Math.max(...sides) + 2 * noise + TOLERANCE * scale;
    isKink = between && bend > 4 * noise + TOLERANCE * scale;
    const verdict = error <= TOLERANCE ? 'pass' : 'fail';
    // NaN fails every comparison, and a check without a number is none that passed.
    const found: SlopeCheck = {
      what,
      derivative,
      difference,
      error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error,
      verdict,
    };
    if (!best || found.error < best.error) best = found;
    if (best.verdict === 'pass') return best;
  }
  const worst = best as SlopeCheck;
  return isKink ? { ...worst, verdict: 'unclear' } : worst;
}

const RANK = { pass: 0, unclear: 1, fail: 2 } as const;

/** All slopes of all parameters; `gradients` by output name, `seed` chooses directions and elements. */
export async function checkParameters(
  plan: GradientCheckPlan,
  state: State,
  gradients: Readonly<Record<string, Float32Array>>,
  cost: Cost,
  seed = 1,
): Promise<ParameterCheck[]> {
  const checked: ParameterCheck[] = [];
  for (const [at, { node, slot, shape, output }] of plan.parameters.entries()) {
    const values = state[slot];
    const gradient = gradients[output];
    if (!values || !gradient) continue;
    const slopes: SlopeCheck[] = [];
    for (const direction of directionsOf(values, gradient, seed + at)) {
      slopes.push(await checkSlope(cost, state, slot, gradient, direction));
    }
    const worst = slopes.reduce((a, b) => (RANK[b.verdict] > RANK[a.verdict] ? b : a));
    const error = Math.max(...slopes.map((slope) => slope.error));
    checked.push({ node, slot, shape, verdict: worst.verdict, error, slopes });
  }
  return checked;
}
