/** Recurrent layers against ONNX's equations written as loops, and against the kernels of ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { completeAttributes, type OpRecord, type Registry } from '../compiler/op.ts';
import { type TensorData, tensor, tensorData } from '../compiler/types.ts';
import { i32 } from './common.ts';
import { registry } from './registry.ts';

type Kind = 'RNN' | 'GRU' | 'LSTM';
const GATES: Readonly<Record<Kind, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

const [SEQ, BATCH, INPUT, HIDDEN] = [4, 3, 2, 5];

let phase = 0;
function random(...shape: number[]): TensorData {
  const size = shape.reduce((n, dim) => n * dim, 1);
  phase += 0.37;
  return tensorData('float32', shape, scattered(size, phase));
}

/** Inputs in the order of the ports; those of `omit` are not wired. */
function inputsOf(kind: Kind, directions: number, omit: readonly number[]): (TensorData | null)[] {
  const rows = GATES[kind] * HIDDEN;
  const all = [
    random(SEQ, BATCH, INPUT),
    random(directions, rows, INPUT),
    random(directions, rows, HIDDEN),
    random(directions, 2 * rows),
    i32([2, 4, 1]),
    random(directions, BATCH, HIDDEN),
    ...(kind === 'LSTM' ? [random(directions, BATCH, HIDDEN), random(directions, 3 * HIDDEN)] : []),
  ];
  return all.map((input, at) => (omit.includes(at) ? null : input));
}

async function run(
  from: Registry,
  op: string,
  inputs: readonly (TensorData | null)[],
  attributes: IrAttributes,
): Promise<TensorData[]> {
  const b = new Builder(from);
  const feeds: Record<string, TensorData> = {};
  const values = inputs.map((data, at) => {
    if (!data) return null;
    feeds[`x${at}`] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  return runFunction(finish(b, b.emitAll(op, values, attributes)), from, feeds);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** ONNX's equations, a number at a time; layout 0. */
function reference(kind: Kind, inputs: readonly (TensorData | null)[], given: IrAttributes): number[][] {
  const attributes = completeAttributes(registry.get(kind) as OpRecord, given);
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = GATES[kind] * HIDDEN;
  const clip = Number(attributes.clip) || Number.POSITIVE_INFINITY;
  const limit = (x: number) => Math.max(-clip, Math.min(clip, x));
  const item = (input: number, ...index: number[]): number => {
    const data = inputs[input];
    if (!data) return 0;
    return Number(data.data[index.reduce((at, i, axis) => at * (data.shape[axis] ?? 1) + i, 0)]);
  };
  const y = new Array<number>(SEQ * directions * BATCH * HIDDEN).fill(0);
  const last: number[] = [];
  const memories: number[] = [];
  for (let d = 0; d < directions; d++) {
    for (let n = 0; n < BATCH; n++) {
      const length = inputs[4] ? item(4, n) : SEQ;
      let h = Array.from({ length: HIDDEN }, (_, j) => item(5, d, n, j));
      let c = Array.from({ length: HIDDEN }, (_, j) => item(6, d, n, j));
      const ofInput = (t: number, row: number) =>
        Array.from({ length: INPUT }, (_, k) => item(1, d, row, k) * item(0, t, n, k)).reduce((a, b) => a + b, 0) +
        item(3, d, row);
      const ofState = (state: readonly number[], row: number) =>
        state.reduce((sum, each, k) => sum + item(2, d, row, k) * each, 0) + item(3, d, rows + row);
      for (let step = 0; step < length; step++) {
        const t = d === 1 || attributes.direction === 'reverse' ? length - 1 - step : step;
        const gate = (g: number, j: number, extra = 0) =>
          limit(ofInput(t, g * HIDDEN + j) + ofState(h, g * HIDDEN + j) + extra);
        const units = [...h.keys()];
        if (kind === 'RNN') {
          const activation = attributes.activation === 'Relu' ? (x: number) => Math.max(0, x) : Math.tanh;
          h = units.map((j) => activation(gate(0, j)));
        } else if (kind === 'GRU') {
          const z = units.map((j) => sigmoid(gate(0, j)));
          const r = units.map((j) => sigmoid(gate(1, j)));
          const reset = h.map((each, j) => each * (r[j] ?? 0));
          const candidate = units.map((j) => {
            const row = 2 * HIDDEN + j;
            const state = attributes.linear_before_reset ? (r[j] ?? 0) * ofState(h, row) : ofState(reset, row);
            return Math.tanh(limit(ofInput(t, row) + state));
          });
          h = h.map((each, j) => (1 - (z[j] ?? 0)) * (candidate[j] ?? 0) + (z[j] ?? 0) * each);
        } else {
          const next = c.map((old, j) => {
            const i = sigmoid(gate(0, j, item(7, d, j) * old));
            const f = sigmoid(gate(2, j, item(7, d, 2 * HIDDEN + j) * old));
            return f * old + i * Math.tanh(gate(3, j));
          });
          h = next.map((memory, j) => sigmoid(gate(1, j, item(7, d, HIDDEN + j) * memory)) * Math.tanh(memory));
          c = next;
        }
        for (const [j, each] of h.entries()) y[((t * directions + d) * BATCH + n) * HIDDEN + j] = each;
      }
      last.push(...h);
      memories.push(...c);
    }
  }
  return kind === 'LSTM' ? [y, last, memories] : [y, last];
}

/** Sums of some twenty float32 terms. */
function expectNear(found: TensorData, expected: readonly number[], what: string): void {
  expect(found.data.length, what).toBe(expected.length);
  expected.forEach((each, i) => void expect(Number(found.data[i]), `${what}[${i}]`).toBeCloseTo(each, 5));
}

const transposed = ({ dtype, shape, data }: TensorData): TensorData => {
  const [a = 1, b = 1, c = 1] = shape;
  const values = Array.from({ length: a * b * c }, (_, at) => {
    const [j, i, k] = [Math.floor(at / (a * c)), Math.floor(at / c) % a, at % c];
    return Number(data[(i * b + j) * c + k]);
  });
  return tensorData(dtype, [b, a, c], values);
};

const CASES: readonly (readonly [kind: Kind, attributes: IrAttributes, omit: readonly number[]])[] = [
  ['RNN', {}, [3, 4, 5]],
  ['RNN', { direction: 'bidirectional' }, []],
  ['RNN', { direction: 'reverse', clip: 0.7 }, [4]],
  ['GRU', {}, [3, 4, 5]],
  ['GRU', {}, [4]],
  ['GRU', { direction: 'reverse' }, []],
  ['GRU', { linear_before_reset: true }, [4]],
  ['GRU', { linear_before_reset: true }, [3, 5]],
  ['GRU', { direction: 'bidirectional', linear_before_reset: true }, []],
  ['GRU', { clip: 0.6 }, [4]],
  ['LSTM', {}, [3, 4, 5, 6, 7]],
  ['LSTM', {}, [4, 7]],
  ['LSTM', { direction: 'reverse' }, [5]],
  ['LSTM', { direction: 'bidirectional' }, []],
  ['LSTM', { clip: 0.4 }, [4, 7]],
];

describe('values', () => {
  test.each([...CASES, ['RNN', { activation: 'Relu', direction: 'bidirectional' }, [4]]] as typeof CASES)(
    '%s %o without inputs %o',
    async (kind, attributes, omit) => {
      const inputs = inputsOf(kind, attributes.direction === 'bidirectional' ? 2 : 1, omit);
      const expected = reference(kind, inputs, attributes);
      const found = await run(registry, kind, inputs, attributes);
      expect(found).toHaveLength(expected.length);
      for (const [at, each] of found.entries()) expectNear(each, expected[at] ?? [], `output ${at}`);
    },
  );

  test.each<Kind>(['RNN', 'GRU', 'LSTM'])('%s with the batch first', async (kind) => {
    const attributes = { direction: 'bidirectional' };
    const inputs = inputsOf(kind, 2, []);
    const flipped = inputs.map((each, at) => (each && [0, 5, 6].includes(at) ? transposed(each) : each));
    const [y, ...last] = await run(registry, kind, flipped, { ...attributes, layout: 1 });
    const [wanted = [], ...wantedLast] = reference(kind, inputs, attributes);
    expect(y?.shape).toEqual([BATCH, SEQ, 2, HIDDEN]);
    expectNear(
      y as TensorData,
      Array.from(wanted, (_, at) => {
        const j = at % HIDDEN;
        const [n, t, d] = [
          Math.floor(at / (HIDDEN * 2 * SEQ)),
          Math.floor(at / (2 * HIDDEN)) % SEQ,
          Math.floor(at / HIDDEN) % 2,
        ];
        return wanted[((t * 2 + d) * BATCH + n) * HIDDEN + j] ?? Number.NaN;
      }),
      'y',
    );
    for (const [at, each] of last.entries()) expectNear(transposed(each), wantedLast[at] ?? [], `last ${at}`);
  });
});

/** The registry with the operator emitted as ONNX's node. */
function native(kind: Kind): Registry {
  const { lower: _, ...record } = registry.get(kind) as OpRecord;
  const onnxAttributes = ({ activation: _, layout: __, clip, ...rest }: IrAttributes): IrAttributes => ({
    ...rest,
    hidden_size: HIDDEN,
    ...(Number(clip) > 0 ? { clip } : {}),
  });
  return new Map([...registry, [kind, { ...record, onnxAttributes }]]);
}

test.each(CASES)('%s %o without inputs %o is what the kernel computes', async (kind, attributes, omit) => {
  const inputs = inputsOf(kind, attributes.direction === 'bidirectional' ? 2 : 1, omit);
  const expected = await run(native(kind), kind, inputs, attributes);
  const found = await run(registry, kind, inputs, attributes);
  expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [at, each] of found.entries())
    expectNear(each, Array.from(expected[at]?.data ?? [], Number), `output ${at}`);
});
