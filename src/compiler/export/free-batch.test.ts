/** Models of any number of rows compute what models of a fixed number do; where an operator cannot, they are refused. */
import { expect, test } from 'vitest';
import { contractOperands } from '../../../scripts/contract-operands.ts';
import { finish } from '../../../scripts/gradient-check.ts';
import { runBytes } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { Builder } from '../builder.ts';
import type { FunctionIR, Value } from '../ir.ts';
import { gradients } from '../phases/3-differentiate.ts';
import { emit } from '../phases/6-emit.ts';
import type { TensorData } from '../types.ts';

const BATCH = 3;

/** One case of each operator. */
const free = [...registry.values()].flatMap((record) => {
  if (record.category === 'Random') return [];
  const found = record.cases?.find(([operands]) => operands.includes('batch'));
  return found ? [{ record, operands: found[0], attributes: found[1] ?? {} }] : [];
});

/** Appends a case and the gradients of the sum of its outputs. */
function place(b: Builder, { record, operands, attributes }: (typeof free)[number], prefix: string) {
  const feeds: Record<string, TensorData> = {};
  const inputs = contractOperands(operands, { batch: BATCH }).map((operand, at) => {
    if (!operand) return null;
    const name = `${prefix}${at}`;
    feeds[name] = operand.data;
    return b.input(operand.type, { kind: 'feed', node: name, name });
  });
  const outputs = b.emitAll(record.name, inputs, attributes);
  const isFloat = (value: Value | null): value is Value => value?.type.dtype === 'float32';
  const targets = outputs.filter(isFloat).map((value) => ({ value, cotangent: b.full(value.type.shape, 1) }));
  const { values } = gradients(b, targets, inputs.filter(isFloat));
  return { outputs: [...outputs, ...values.filter((value) => value !== null)], feeds };
}

const write = (fn: FunctionIR, dims: { batch?: number }) =>
  emit(fn, registry, { dims: dims as Record<string, number>, data: 'batch' });

function isWritten(each: (typeof free)[number]): boolean {
  const b = new Builder(registry);
  const { outputs } = place(b, each, 'x');
  try {
    write(finish(b, outputs), {});
    return true;
  } catch {
    return false;
  }
}

const written = free.filter(isWritten);

test('most operators and their gradients can be written for any number of rows', () => {
  expect(written.length / free.length).toBeGreaterThan(0.8);
});

const CHUNK = 12;
const chunks = Array.from({ length: Math.ceil(written.length / CHUNK) }, (_, at) => {
  const part = written.slice(at * CHUNK, (at + 1) * CHUNK);
  return [part.map(({ record }) => record.name).join(', '), part] as const;
});

test.each(chunks)('%s', async (_, part) => {
  const b = new Builder(registry);
  const placed = part.map((each, at) => place(b, each, `c${at}.`));
  const fn = finish(
    b,
    placed.flatMap(({ outputs }) => outputs),
  );
  const feeds = Object.assign({}, ...placed.map((each) => each.feeds)) as Record<string, TensorData>;
  const [any, fixed] = [write(fn, {}), write(fn, { batch: BATCH })];
  const [found, wanted] = [await runBytes(any.onnx, feeds), await runBytes(fixed.onnx, feeds)];
  const names = any.outputs.map(({ name }) => name);
  let at = 0;
  for (const [index, { outputs }] of placed.entries()) {
    const title = `${part[index]?.record.name} ${part[index]?.operands}`;
    for (let count = outputs.length; count > 0; count--) {
      const [x, y] = [found[names[at] as string], wanted[names[at] as string]];
      at++;
      expect(x?.shape, title).toEqual(y?.shape);
      const far = Array.from(x?.data ?? [], Number).filter((value, i) => {
        const right = Number(y?.data[i]);
        return !(Math.abs(value - right) <= 1e-4 * Math.max(1, Math.abs(right)) || Object.is(value, right));
      });
      expect(far, title).toEqual([]);
    }
  }
});
