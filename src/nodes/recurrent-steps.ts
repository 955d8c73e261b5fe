/** Recurrent layers written out step by step: what RNN, GRU and LSTM have in common, and the step of each. */
import type { Builder } from '../compiler/builder.ts';
import { type Dim, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';

/** The inputs all layers have, in ONNX's order. */
const X = 0;
const W = 1;
const R = 2;
const B = 3;
const LENGTHS = 4;
const INITIAL_H = 5;
const INITIAL_C = 6;
const PEEPHOLES = 7;

export type Direction = 'forward' | 'reverse' | 'bidirectional';

export interface LayerAttributes {
  readonly direction: Direction;
  readonly layout: number;
  /** Limit of what enters an activation; 0 is none. */
  readonly clip: number;
}

/** States [batch, hidden]; null stands for zeros. */
export interface State {
  readonly h: Value | null;
  readonly c: Value | null;
}

interface NextState {
  readonly h: Value;
  readonly c: Value | null;
}

/** What a step has of its layer and direction. */
export interface StepContext {
  readonly b: Builder;
  /** Weights of the state, [gates * hidden, hidden]. */
  readonly r: Value;
  /** Bias within the reset of a GRU, [hidden]. */
  readonly resetBias: Value | null;
  /** [hidden] each: of the input gate, the output gate and the forget gate. */
  readonly peepholes: readonly Value[] | null;
  readonly hidden: number;
  /** Sigmoid, Tanh or Relu of a limited value. */
  readonly activate: (op: string, value: Value) => Value;
}

/** The next state, from the product of the step's input with W, plus biases, [batch, gates * hidden]. */
export type Step = (ctx: StepContext, input: Value, state: State) => NextState;

export interface Cell {
  readonly gates: number;
  readonly step: Step;
  /** Whether the bias of the last gate stays within the reset. */
  readonly resetsBias?: boolean;
}

function parts(b: Builder, x: Value, axis: number, sizes: readonly Dim[]): readonly Value[] {
  return sizes.length === 1 ? [x] : b.emitAll('Split', [x], { axis, split: sizes });
}

function join(b: Builder, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (!first) throw new Error('Nothing to join');
  return values.length === 1 ? first : b.emit('Concat', values, { axis });
}

const times = <T>(count: number, item: T): readonly T[] => new Array<T>(count).fill(item);

/** `input + h rᵀ` */
function recur(b: Builder, h: Value | null, r: Value, input: Value): Value {
  return h ? b.gemm(h, r, input, { transB: true }) : input;
}

export function simpleCell(activation: string): Cell {
  return {
    gates: 1,
    step: ({ b, r, activate }, input, { h }) => ({ h: activate(activation, recur(b, h, r, input)), c: null }),
  };
}

/** Gates in the order z, r, h. With `linearBeforeReset` the reset multiplies the state's product, else the state. */
export function gatedCell(linearBeforeReset: boolean): Cell {
  const step: Step = ({ b, r, resetBias, hidden, activate }, input, { h }) => {
    const [rGates, rNew] = parts(b, r, 0, [2 * hidden, hidden]) as [Value, Value];
    const [xGates, xNew] = parts(b, input, 1, [2 * hidden, hidden]) as [Value, Value];
    const gates = activate('Sigmoid', recur(b, h, rGates, xGates));
    const [update, reset] = parts(b, gates, 1, [hidden, hidden]) as [Value, Value];
    let before = xNew;
    if (!linearBeforeReset) before = recur(b, h && b.mul(reset, h), rNew, xNew);
    else {
      const product = h ? b.gemm(h, rNew, resetBias, { transB: true }) : resetBias;
      if (product) before = b.add(xNew, b.mul(reset, product));
    }
    const candidate = activate('Tanh', before);
    const rest = h ? b.sub(h, candidate) : b.neg(candidate);
    return { h: b.add(candidate, b.mul(update, rest)), c: null };
  };
  return { gates: 3, step, resetsBias: linearBeforeReset };
}

/** Gates in the order i, o, f, c. As in ONNX Runtime, the memory is not limited before its tanh. */
export const memoryCell: Cell = {
  gates: 4,
  step: ({ b, r, peepholes, hidden, activate }, input, { h, c }) => {
    const [i, o, f, g] = parts(b, recur(b, h, r, input), 1, times(4, hidden)) as [Value, Value, Value, Value];
    const peep = (gate: Value, which: number, memory: Value | null) => {
      const weights = peepholes?.[which];
      return weights && memory ? b.add(gate, b.mul(weights, memory)) : gate;
    };
    const added = b.mul(activate('Sigmoid', peep(i, 0, c)), activate('Tanh', g));
    const memory = c ? b.add(b.mul(activate('Sigmoid', peep(f, 2, c)), c), added) : added;
    return { h: b.mul(activate('Sigmoid', peep(o, 1, memory)), b.emit('Tanh', [memory])), c: memory };
  },
};

interface Projections {
  /** Products of all steps with W, plus biases, [seq * batch, gates * hidden], for each direction. */
  readonly inputs: readonly Value[];
  /** See `StepContext`. */
  readonly resetBiases: readonly (Value | null)[];
}

function project(b: Builder, x: Value, w: Value, biases: Value | null, { gates, resetsBias }: Cell): Projections {
  const [directions = 1, rows = 1, features = 1] = w.type.shape.map(Number);
  const hidden = rows / gates;
  let bias: Value | null = null;
  let resetBiases: readonly (Value | null)[] = times(directions, null);
  if (biases && resetsBias) {
    const rest = rows - hidden;
    const [xGates, xNew, hGates, hNew] = parts(b, biases, 1, [rest, hidden, rest, hidden]) as [
      Value,
      Value,
      Value,
      Value,
    ];
    bias = join(b, [b.add(xGates, hGates), xNew], 1);
    resetBiases = parts(b, hNew, 0, times(directions, 1)).map((each) => b.reshape(each, [hidden]));
  } else if (biases) {
    const [ofX, ofH] = parts(b, biases, 1, [rows, rows]) as [Value, Value];
    bias = b.add(ofX, ofH);
  }
  const flat = b.reshape(x, [sizeOf(x.type.shape.slice(0, 2)), features]);
  const columns = directions * rows;
  const all = b.gemm(flat, b.reshape(w, [columns, features]), bias && b.reshape(bias, [columns]), { transB: true });
  return { inputs: parts(b, all, 1, times(directions, rows)), resetBiases };
}

/** One [rows, ...] for each direction of [directions, rows, ...]. */
function perDirection(b: Builder, value: Value | null | undefined, directions: number): readonly (Value | null)[] {
  if (!value) return times(directions, null);
  const shape = value.type.shape.slice(1);
  return parts(b, value, 0, times(directions, 1)).map((each) => b.reshape(each, shape));
}

/**
 * A layer on inputs in ONNX's order: the states of all steps and the last states, in the layout of the attributes. There is
 * no c where the cell has none.
 */
export function unroll(
  b: Builder,
  given: readonly (Value | null)[],
  cell: Cell,
  { direction, layout, clip }: LayerAttributes,
): { readonly y: Value; readonly h: Value; readonly c: Value | null } {
  const swap = (value: Value | null | undefined) => (value && layout === 1 ? b.transpose(value, [1, 0, 2]) : value);
  const [x, w] = [swap(given[X]) as Value, given[W] as Value];
  const [steps = 1, batch = 1] = x.type.shape;
  const directions = Number(w.type.shape[0]);
  const hidden = Number(w.type.shape[1]) / cell.gates;
  const { inputs, resetBiases } = project(b, x, w, given[B] ?? null, cell);
  const r = perDirection(b, given[R], directions);
  const peepholes = perDirection(b, given[PEEPHOLES], directions);
  const initial = [given[INITIAL_H], given[INITIAL_C]].map((value) => perDirection(b, swap(value), directions));
  const activate = (op: string, value: Value) =>
    b.emit(op, [clip > 0 ? b.emit('Clip', [value], { min: -clip, max: clip }) : value]);
  const lengths = given[LENGTHS];
  const running = (at: number) => (lengths ? b.reshape(b.greater(lengths, b.like(lengths, at)), [batch, 1]) : null);
  const runs = inputs.map((input, at) => {
    const weights = peepholes[at];
    const ctx: StepContext = {
      b,
      r: r[at] as Value,
      resetBias: resetBiases[at] ?? null,
      peepholes: weights ? parts(b, weights, 0, times(3, hidden)) : null,
      hidden,
      activate,
    };
    const rows = parts(b, input, 0, times(Number(steps), batch));
    const backwards = direction === 'reverse' || at === 1;
    const states: Value[] = [];
    let state: State = { h: initial[0]?.[at] ?? null, c: initial[1]?.[at] ?? null };
    for (const index of backwards ? [...rows.keys()].reverse() : rows.keys()) {
      const next = cell.step(ctx, rows[index] as Value, state);
      // A sequence that has ended keeps its state, and shows zeros.
      const mask = running(index);
      const choose = (value: Value, other: Value | null) =>
        mask ? b.where(mask, value, other ?? b.like(value, 0)) : value;
      states[index] = choose(next.h, null);
      state = { h: choose(next.h, state.h), c: next.c && choose(next.c, state.c) };
    }
    return { y: b.reshape(join(b, states, 0), [steps, 1, batch, hidden]), state };
  });
  const y = join(
    b,
    runs.map((run) => run.y),
    1,
  );
  const last = (which: 'h' | 'c') => {
    const values = runs.map(({ state }) => b.reshape(state[which] as Value, [1, batch, hidden]));
    return swap(join(b, values, 0)) as Value;
  };
  return {
    y: layout === 1 ? b.transpose(y, [2, 0, 1, 3]) : y,
    h: last('h'),
    c: runs[0]?.state.c ? last('c') : null,
  };
}
