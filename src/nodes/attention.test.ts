/** Attention against its definition written as loops, and against the kernel of ONNX Runtime. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runModel } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { ModelProtoSchema } from '../compiler/onnx/onnx_pb.ts';
import { completeAttributes, type OpRecord, type Registry } from '../compiler/op.ts';
import { emit } from '../compiler/phases/6-emit.ts';
import { type TensorData, tensor, tensorData } from '../compiler/types.ts';
import { bools } from './common.ts';
import { registry } from './registry.ts';

let phase = 0;
function random(...shape: number[]): TensorData {
  const size = shape.reduce((n, dim) => n * dim, 1);
  phase += 0.37;
  return tensorData(
    'float32',
    shape,
    scattered(size, phase).map((x) => 2 * x),
  );
}

/** The operator on the inputs; as ONNX's own node of `opset` where that is given. */
async function run(inputs: readonly TensorData[], attributes: IrAttributes, opset?: number): Promise<TensorData[]> {
  const record = registry.get('Attention') as OpRecord;
  const { lower: _, ...kernel } = record;
  const onnxAttributes = ({ kv_num_heads, q_num_heads, scale, ...rest }: IrAttributes): IrAttributes => ({
    ...rest,
    ...(inputs[0]?.shape.length === 3 ? { q_num_heads, kv_num_heads: kv_num_heads || q_num_heads } : {}),
    ...(scale ? { scale } : {}),
  });
  const native = { ...kernel, infer: (ctx) => record.infer(ctx).slice(0, 1), onnxAttributes } satisfies OpRecord;
  const from: Registry = opset ? new Map([...registry, ['Attention', native]]) : registry;
  const b = new Builder(from);
  const feeds: Record<string, TensorData> = {};
  const values = inputs.map((data, at) => {
    feeds[`x${at}`] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  const plan = emit(finish(b, b.emitAll('Attention', values, attributes)), from, { dims: {}, data: 'batch' });
  const model = fromBinary(ModelProtoSchema, plan.onnx);
  for (const each of model.opsetImport) each.version = BigInt(opset ?? each.version);
  const [results = []] = await runModel({ ...plan, onnx: toBinary(ModelProtoSchema, model) }, [feeds]);
  return results;
}

/** The definition, a number at a time. */
function reference(inputs: readonly TensorData[], given: IrAttributes): { y: number[]; weights: number[] } {
  const attributes = completeAttributes(registry.get('Attention') as OpRecord, given);
  const [q, k, v, mask] = inputs as [TensorData, TensorData, TensorData, TensorData?];
  const flat = q.shape.length === 3;
  const heads = flat ? Number(attributes.q_num_heads) : Number(q.shape[1]);
  const keyHeads = flat ? Number(attributes.kv_num_heads) || heads : Number(k.shape[1]);
  const [batch = 1, rows = 1, keys = 1] = flat
    ? [q.shape[0], q.shape[1], k.shape[1]]
    : [q.shape[0], q.shape[2], k.shape[2]];
  const size = Number(q.shape.at(-1)) / (flat ? heads : 1);
  const width = Number(v.shape.at(-1)) / (flat ? keyHeads : 1);
  const item = (x: TensorData, count: number, n: number, h: number, row: number, at: number) => {
    const length = Number(x.shape[flat ? 1 : 2]);
    const each = Number(x.shape.at(-1)) / (flat ? count : 1);
    return Number(
      x.data[flat ? ((n * length + row) * count + h) * each + at : ((n * count + h) * length + row) * each + at],
    );
  };
  const maskAt = (index: readonly number[]) => {
    const shape = mask?.shape ?? [];
    const at = shape.reduce((sum, dim, axis) => {
      const i = index[axis + 4 - shape.length] ?? 0;
      return sum * dim + (dim === 1 ? 0 : i);
    }, 0);
    return Number(mask?.data[at]);
  };
  const scale = Number(attributes.scale) || 1 / Math.sqrt(size);
  const softcap = Number(attributes.softcap);
  const y = new Array<number>(batch * rows * heads * width).fill(0);
  const weights: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < heads; h++) {
      const of = Math.floor(h / (heads / keyHeads));
      for (let i = 0; i < rows; i++) {
        const scores = Array.from({ length: keys }, (_, j) => {
          let score = 0;
          for (let d = 0; d < size; d++) score += item(q, heads, n, h, i, d) * item(k, keyHeads, n, of, j, d);
          score *= scale;
          if (softcap > 0) score = softcap * Math.tanh(score / softcap);
          if (mask?.dtype === 'float32') score += maskAt([n, h, i, j]);
          const hidden = (mask?.dtype === 'bool' && !maskAt([n, h, i, j])) || (attributes.is_causal && j > i);
          return hidden ? Number.NEGATIVE_INFINITY : score;
        });
        const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
        const total = exponentials.reduce((a, b) => a + b, 0);
        for (const [j, each] of exponentials.entries()) {
          weights.push(each / total);
          for (let d = 0; d < width; d++) {
            const at = flat ? ((n * rows + i) * heads + h) * width + d : ((n * heads + h) * rows + i) * width + d;
            y[at] = (y[at] ?? 0) + (each / total) * item(v, keyHeads, n, of, j, d);
          }
        }
      }
    }
  }
  return { y, weights };
}

function expectNear(found: TensorData | undefined, expected: readonly number[]): void {
  expect(found?.data.length).toBe(expected.length);
  expected.forEach((each, i) => void expect(Number(found?.data[i]), `[${i}]`).toBeCloseTo(each, 5));
}

const seen = bools([1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1], [3, 5]);

const mixed = [random(2, 2, 3, 4), random(2, 2, 5, 4), random(2, 2, 5, 4), random(3, 5)];

const CASES: readonly (readonly [string, IrAttributes, TensorData[]])[] = [
  ['heads of their own', {}, [random(2, 3, 4, 5), random(2, 3, 6, 5), random(2, 3, 6, 2)]],
  ['heads side by side', { q_num_heads: 3 }, [random(2, 4, 15), random(2, 6, 15), random(2, 6, 6)]],
  ['shared heads', {}, [random(2, 6, 4, 5), random(2, 2, 6, 5), random(2, 2, 6, 3)]],
  [
    'shared heads side by side',
    { q_num_heads: 4, kv_num_heads: 2 },
    [random(2, 4, 12), random(2, 5, 6), random(2, 5, 4)],
  ],
  ['a mask of truths', {}, [random(2, 2, 3, 4), random(2, 2, 5, 4), random(2, 2, 5, 4), seen]],
  ['a mask of numbers', {}, [random(2, 2, 3, 4), random(2, 2, 5, 4), random(2, 2, 5, 4), random(2, 1, 3, 5)]],
  ['causal', { is_causal: true, scale: 0.7 }, [random(2, 2, 3, 4), random(2, 2, 5, 4), random(2, 2, 5, 4)]],
  ['more queries than keys', { is_causal: true }, [random(1, 2, 5, 4), random(1, 2, 3, 4), random(1, 2, 3, 4)]],
  ['softcap', { softcap: 0.9 }, [random(2, 2, 3, 4), random(2, 2, 5, 4), random(2, 2, 5, 4)]],
  ['all of it', { softcap: 0.9, is_causal: true, scale: 1.3 }, mixed],
];

test.each(CASES)('%s', async (_, attributes, inputs) => {
  const { y, weights } = reference(inputs, attributes);
  const found = await run(inputs, attributes);
  expectNear(found[0], y);
  expectNear(found[1], weights);
});

test.each(CASES)('%s is what the kernel computes', async (_, attributes, inputs) => {
  const [expected] = await run(inputs, attributes, 23);
  const [found] = await run(inputs, attributes);
  expect(found?.shape).toEqual(expected?.shape);
  expectNear(found, Array.from(expected?.data ?? [], Number));
});

test('a query that sees no key takes the mean of all values', async () => {
  const inputs = [random(1, 1, 1, 2), random(1, 1, 2, 2), tensorData('float32', [1, 1, 2, 1], [1, 4]), bools([0, 0])];
  const [y, weights] = await run(inputs, {});
  expectNear(y, [2.5]);
  expectNear(weights, [0.5, 0.5]);
});
