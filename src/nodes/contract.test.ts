/** What every record of the registry owes to those who read it: the palette, the inspector, the compiler and the user. */
import { fromBinary } from '@bufbuild/protobuf';
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { contractOperands } from '../../scripts/contract-operands.ts';
import { drawing } from '../../scripts/drawing.ts';
import { derivativesOf, finish, measure, type Slopes } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder, CONSTANT, DIM_SIZE } from '../compiler/builder.ts';
import { bindShape } from '../compiler/dims.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { parseDocument, printDocument } from '../compiler/document-parse.ts';
import { printFunction, type Value } from '../compiler/ir.ts';
import { ModelProtoSchema } from '../compiler/onnx/onnx_pb.ts';
import { completeAttributes, isNoGradient, type OpRecord } from '../compiler/op.ts';
import { OPSET, toKernels, writeModel } from '../compiler/phases/6-emit.ts';
import { sameType, type TensorData, tensor } from '../compiler/types.ts';
import { verify } from '../compiler/verify.ts';
import { f32 } from './common.ts';
import { registry } from './registry.ts';

/** What is on the canvas but computes nothing by itself: these have neither examples nor gradients. */
const STRUCTURAL = [
  ...[
    'Data',
    'Parameter',
    'Input',
    'Constant',
    'Metric',
    'Output',
    'Note',
    'Frame',
    'ModuleInput',
    'ModuleOutput',
    'Foreign',
  ],
  ...['Grad', 'VectorJacobianProduct', 'JacobianVectorProduct', 'HessianVectorProduct', 'Jacobian', 'Hessian'],
  ...['SGD', 'Adagrad', 'RMSprop', 'Adam', 'AdamW'],
];

const records = [...registry.values()];
const isOperator = ({ kind = 'operator' }: OpRecord) => kind === 'operator';
const named = (list: readonly OpRecord[]) => list.map((record) => [record.name, record] as const);
const operators = named(records.filter(isOperator));
const optimizers = named(records.filter(({ kind }) => kind === 'optimizer'));

test('only the structural records are no operators', () => {
  expect(records.filter((record) => !isOperator(record)).map(({ name }) => name)).toEqual(
    expect.arrayContaining(STRUCTURAL),
  );
  expect(records.length - operators.length).toBe(STRUCTURAL.length);
});

describe('documentation', () => {
  test.each(named(records))('%s', (name, { doc, glyph, gradient, inputs, outputs }) => {
    expect(doc.summary).toMatch(/^[A-Z0-9-].*\.$/);
    expect([...glyph].length).toBeLessThanOrEqual(3);
    if (name !== 'Note') expect(doc.formula).toMatch(/\S/);
    if (!isNoGradient(gradient)) expect(doc.gradient).toMatch(/\S/);
    else expect(gradient.reason).toMatch(/\.$/);
    for (const latex of [doc.formula, doc.gradient]) {
      if (latex) expect(() => katex.renderToString(latex, { throwOnError: true, strict: 'error' })).not.toThrow();
    }
    for (const { name: port, doc: text } of [...inputs, ...outputs]) expect(text.trim(), port).not.toBe('');
    const ports = [...inputs, ...outputs].map((port) => port.name);
    expect(inputs.slice(0, -1).some((port) => port.variadic)).toBe(false);
    expect(new Set(inputs.map((port) => port.name)).size, ports.join()).toBe(inputs.length);
    expect(new Set(outputs.map((port) => port.name)).size, ports.join()).toBe(outputs.length);
  });

  test.each(named(records))('attributes of %s', (_, { attributes }) => {
    for (const [name, { doc, type, default: value, choices, min, max, when }] of Object.entries(attributes)) {
      expect(doc.trim(), name).not.toBe('');
      expect(choices !== undefined, name).toBe(type === 'choice' || type === 'dataset');
      if (choices) expect(choices).toContain(value);
      for (const item of [value].flat().map(Number)) {
        if (min !== undefined) expect(item, name).toBeGreaterThanOrEqual(min);
        if (max !== undefined) expect(item, name).toBeLessThanOrEqual(max);
      }
      if (when) expect(Object.keys(attributes)).toContain(when.attribute);
    }
  });
});

/** Within float32 rounding; equal infinities and NaNs are close, as are equal integers. */
function expectClose({ data }: TensorData, expected: TensorData, what: string): void {
  expect(data.length, what).toBe(expected.data.length);
  expected.data.forEach((item, i) => {
    const [found, wanted] = [Number(data[i]), Number(item)];
    const near = Object.is(found, wanted) || Math.abs(found - wanted) <= 1e-6 + 1e-5 * Math.abs(wanted);
    if (!near) expect.fail(`${what}[${i}]: ${found} instead of ${wanted}`);
  });
}

describe('examples', () => {
  test.each(operators)('%s', async (name, { examples, attributes }) => {
    expect(examples.length).toBeGreaterThan(0);
    const b = new Builder(registry);
    const feeds: Record<string, TensorData> = {};
    const outputs = examples.flatMap((example, which) => {
      for (const key of Object.keys(example.attributes ?? {})) expect(Object.keys(attributes)).toContain(key);
      const inputs = example.inputs.map((data, at) => {
        const key = `example${which}_input${at}`;
        if (data) feeds[key] = data;
        return data && b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: key, name: key });
      });
      return b.emitAll(name, inputs, example.attributes);
    });
    const wanted = examples.flatMap((example) => example.outputs);
    expect(outputs.map(({ type: { dtype, shape } }) => ({ dtype, shape }))).toEqual(
      wanted.map(({ dtype, shape }) => ({ dtype, shape })),
    );
    const results = await runFunction(finish(b, outputs), registry, feeds);
    wanted.forEach((data, at) => {
      expect(results[at]?.shape).toEqual(data.shape);
      expectClose(results[at] as TensorData, data, `output ${at}`);
    });
  });
});

/**
 * Both sides are float32: the difference of sums of up to 200 terms loses about 1e-4, and leaves out the third derivative
 * times 2⁻¹⁴.
 */
function expectSlope({ derivative, difference }: Slopes, what: string): void {
  const near = Math.abs(derivative - difference) <= 1e-3 + 2e-3 * Math.abs(difference);
  if (!near) expect.fail(`${what}: ${derivative} against a difference of ${difference}`);
}

const BATCHES = [1, 2, 11];

test.each(operators)('%s has cases', (_, { cases: own }) => {
  expect(own?.length).toBeGreaterThan(0);
});

const cases = operators.flatMap(([name, record]) =>
  (record.cases ?? []).map(([operands, attributes = {}]) => ({
    name: `${name}(${operands.replaceAll(' ', ', ')}) ${JSON.stringify(attributes)}`,
    record,
    operands,
    attributes,
  })),
);

describe('shapes and derivatives', () => {
  test.each(cases)('$name', async ({ record, operands, attributes }) => {
    for (const batch of BATCHES) {
      const dims = { batch };
      const application = { op: record.name, operands: contractOperands(operands, dims), attributes, dims };
      const { types, outputs, first, second } = await measure(registry, application);
      expect(outputs.map(({ shape }) => shape)).toEqual(types.map(({ shape }) => bindShape(shape, dims)));
      expect(outputs.map(({ dtype }) => dtype)).toEqual(types.map(({ dtype }) => dtype));
      for (const [at, { bound }] of types.entries()) {
        for (const item of bound === undefined ? [] : (outputs[at]?.data ?? [])) {
          expect(Number(item), 'whole numbers keep within their bound').toBeLessThan(bound as number);
        }
      }
      // Identities of the gradient language have other gradients than slopes, on purpose.
      if (record.category === 'Gradient') continue;
      expectSlope(first, `first derivative, batch ${batch}`);
      expectSlope(second, `second derivative, batch ${batch}`);
      const flows = types.some(({ dtype }) => dtype === 'float32') && operands.includes('f32');
      // Along an axis of one element there may be nothing left to differentiate.
      if (batch > 1) expect(first.derivative !== 0).toBe(flows && !isNoGradient(record.gradient));
    }
  });
});

describe('rules', () => {
  test.each(cases)('$name', ({ record, operands, attributes }) => {
    const dims = { batch: 2 };
    const application = { op: record.name, operands: contractOperands(operands, dims), attributes, dims };
    const fn = verify(derivativesOf(registry, application), registry, 'differentiation');
    for (const { op } of fn.equations) expect(op === CONSTANT || op === DIM_SIZE || registry.has(op), op).toBe(true);

    const text = printFunction(fn);
    expect(printFunction(derivativesOf(registry, application, 1000)), 'printing does not depend on ids').toBe(text);
    expect(text).not.toContain('undefined');

    const kernels = toKernels(fn, registry, dims);
    const { onnx } = writeModel(kernels, registry, 0, { data: 'batch' });
    const { graph, opsetImport } = fromBinary(ModelProtoSchema, onnx);
    expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', OPSET]]);
    // That ONNX has these operators is shown by ONNX Runtime, which loads no model with others.
    for (const { opType, domain } of graph?.node ?? []) {
      expect(domain).toBe('');
      expect(registry.get(opType)?.kind ?? 'operator', opType).toBe('operator');
    }
  });

  test.each(cases)('gradient entries of $name', ({ record, operands, attributes }) => {
    const { gradient } = record;
    const b = new Builder(registry);
    const x = contractOperands(operands, { batch: 2 }).map(
      (each, at) => each && b.input(each.type, { kind: 'feed', node: `x${at}`, name: `x${at}` }),
    );
    const y = b.emitAll(record.name, x, attributes);
    if (isNoGradient(gradient)) {
      const floats = (values: readonly (Value | null)[]) => values.filter((each) => each?.type.dtype === 'float32');
      const drawn = record.random ? x.slice(0, -1) : x;
      const connected = floats(drawn).length > 0 && floats(y).length > 0;
      if (record.category === 'Gradient') return;
      expect(connected, 'a gradient that is missing between floats is zero').toBe(gradient.none === 'zero');
      return;
    }
    const complete = completeAttributes(record, attributes);
    const g = y.map((value) => b.zerosLike(value));
    if (gradient === 'expansion') return;
    const entries = gradient({ b, x, y, g, attributes: complete });
    expect(entries).toHaveLength(x.length);
    entries.forEach((entry, at) => {
      const type = x[at]?.type;
      if (!type || !entry) return;
      expect(type.dtype).toBe('float32');
      expect(sameType(b.sumTo(entry(), type.shape).type, type)).toBe(true);
    });
  });
});

test.each(named(records))('a drawing of %s survives saving and loading', (name, { attributes }) => {
  const given = Object.fromEntries(Object.entries(attributes).map(([key, spec]) => [key, spec.default]));
  const document = drawing({ node: [name, {}, given] });
  const text = printDocument(document);
  const { document: read, diagnostics } = parseDocument(text);
  expect(diagnostics).toEqual([]);
  expect(read).toEqual(document);
  expect(printDocument(read as GraphDocument)).toBe(text);
});

const defaultsOf = (record: OpRecord) => completeAttributes(record, {});

function step(record: OpRecord, attributes = defaultsOf(record)) {
  const { optimizer } = record;
  if (!optimizer) throw new Error(`${record.name} has no rule`);
  const b = new Builder(registry);
  const input = (name: string, shape: readonly number[]) =>
    b.input(tensor('float32', shape), { kind: 'feed', node: name, name });
  const [parameter, gradient, lr] = [input('parameter', [3]), input('gradient', [3]), input('lr', [])];
  const slots = Object.fromEntries(optimizer.slots(attributes).map(({ name }) => [name, input(name, [3])]));
  const shared = Object.fromEntries(
    (optimizer.shared?.(attributes) ?? []).map(({ name, next }) => [name, next(b, input(name, []))]),
  );
  return { b, slots, shared, next: optimizer.step({ b, parameter, gradient, lr, slots, shared, attributes }) };
}

describe('optimizers', () => {
  test.each(optimizers)('%s keeps the types of parameters and state', (_, record) => {
    const { slots, shared, next } = step(record);
    expect(Object.keys(next.slots).sort()).toEqual(Object.keys(slots).sort());
    for (const { type } of [next.parameter, ...Object.values(next.slots)]) expect(type).toEqual(tensor('float32', [3]));
    for (const { type } of Object.values(shared)) expect(type).toEqual(tensor('float32', []));
  });

  test('a plain step is the parameter less the rate times the gradient', async () => {
    const plain = optimizers.filter(([, record]) => record.optimizer?.plain?.(defaultsOf(record)));
    expect(plain.map(([name]) => name)).toEqual(['SGD']);
    for (const [, record] of plain) {
      const { b, next } = step(record);
      const feeds = { parameter: f32([1, -2, 3]), gradient: f32([4, 5, -6]), lr: f32([0.5], []) };
      const [result] = await runFunction(finish(b, [next.parameter]), registry, feeds);
      expect(Array.from(result?.data ?? [], Number)).toEqual([-1, -4.5, 6]);
    }
  });
});
