/** Theano's gradient language, by examples whose answers are known. */
import { describe, expect, test } from 'vitest';
import { drawing, messages, numbersOf } from '../../scripts/drawing.ts';
import { f32 } from '../nodes/common.ts';

const vector = (size: number) => ['Input', {}, { shape: [size] }] as const;
const x3 = f32([1, 2, 3]);

/** f(x) = Σ x³ */
const cubes = {
  x: vector(3),
  three: ['Constant', {}, { values: [3], shape: [] }],
  cube: ['Pow', { a: 'x', b: 'three' }],
  cost: ['ReduceSum', { x: 'cube' }],
} as const;

const out = (value: string) => ['Output', { value }] as const;

describe('derivatives', () => {
  test('with respect to any wire', async () => {
    const document = drawing({
      ...cubes,
      grad: ['Grad', { cost: 'cost', 'wrt.0': 'x', 'wrt.1': 'cube' }],
      dx: out('grad:gradient.0'),
      dcube: out('grad:gradient.1'),
    });
    expect(await numbersOf(document, { x: x3 })).toEqual({ dx: [3, 12, 27], dcube: [1, 1, 1] });
  });

  test('of a gradient', async () => {
    const document = drawing({
      ...cubes,
      grad: ['Grad', { cost: 'cost', 'wrt.0': 'x' }],
      sum: ['ReduceSum', { x: 'grad' }],
      second: ['Grad', { cost: 'sum', 'wrt.0': 'x' }],
      y: out('second'),
    });
    expect(await numbersOf(document, { x: x3 })).toEqual({ y: [6, 12, 18] });
  });

  test('vector times Jacobian, Jacobian times vector, Hessian times vector', async () => {
    const document = drawing({
      ...cubes,
      v: vector(3),
      vjp: ['VectorJacobianProduct', { y: 'cube', v: 'v', 'wrt.0': 'x' }],
      jvp: ['JacobianVectorProduct', { y: 'cube', x: 'x', v: 'v' }],
      hvp: ['HessianVectorProduct', { cost: 'cost', x: 'x', v: 'v' }],
      a: out('vjp'),
      b: out('jvp'),
      c: out('hvp'),
    });
    const found = await numbersOf(document, { x: x3, v: f32([1, 10, 100]) });
    expect(found).toEqual({ a: [3, 120, 2700], b: [3, 120, 2700], c: [6, 120, 1800] });
  });

  test('Jacobian and Hessian', async () => {
    const document = drawing({
      x: vector(2),
      w: ['Constant', {}, { values: [1, 2, 3, 4, 5, 6], shape: [2, 3] }],
      product: ['MatMul', { a: 'x', b: 'w' }],
      squares: ['Mul', { a: 'product', b: 'product' }],
      cost: ['ReduceSum', { x: 'squares' }],
      jacobian: ['Jacobian', { y: 'product', x: 'x' }],
      hessian: ['Hessian', { cost: 'cost', x: 'x' }],
      j: out('jacobian'),
      h: out('hessian'),
    });
    // y = xW, so J = Wᵀ; H = 2WWᵀ.
    const found = await numbersOf(document, { x: f32([0.3, -2]) });
    expect(found).toEqual({ j: [1, 4, 2, 5, 3, 6], h: [28, 64, 64, 154] });
  });

  test('a Jacobian has as many rows as its result has elements, of which there cannot be too many', () => {
    const document = drawing({
      x: vector(65),
      y: ['Exp', { x: 'x' }],
      j: ['Jacobian', { y: 'y', x: 'x' }],
      o: out('j'),
    });
    expect(messages(document)).toEqual(['shape/mismatch j: j: y has 65 elements, and each is a row']);
  });

  test('a direction has the shape of what it moves', () => {
    const document = drawing({
      ...cubes,
      v: vector(4),
      hvp: ['HessianVectorProduct', { cost: 'cost', x: 'x', v: 'v' }],
      o: out('hvp'),
    });
    expect(messages(document)).toEqual(['shape/mismatch hvp: hvp: v is f32[4], but x is f32[3]']);
  });
});

describe('filters', () => {
  /** Σ filter(x) · x */
  const filtered = (op: string, attributes = {}) =>
    drawing({
      x: vector(3),
      filter: [op, { x: 'x' }, attributes],
      product: ['Mul', { a: 'filter', b: 'x' }],
      cost: ['ReduceSum', { x: 'product' }],
      grad: ['Grad', { cost: 'cost', 'wrt.0': 'x' }],
      y: out('cost'),
      dx: out('grad'),
    });

  test.each([
    ['Identity', {}, [2, 4, 6]],
    ['ConsiderConstant', {}, [1, 2, 3]],
    ['ZeroGrad', {}, [1, 2, 3]],
    ['DisconnectedGrad', {}, [1, 2, 3]],
    ['GradScale', { multiplier: -1 }, [0, 0, 0]],
    ['GradClip', { lower_bound: -2, upper_bound: 2 }, [2, 4, 5]],
  ])('%s', async (op, attributes, dx) => {
    expect(await numbersOf(filtered(op, attributes), { x: x3 })).toEqual({ y: [14], dx });
  });

  test('KnownGrad puts another gradient in place of the one that arrives', async () => {
    const document = drawing({
      ...cubes,
      g: ['Constant', {}, { values: [5, 6, 7], shape: [3] }],
      known: ['KnownGrad', { x: 'cube', gradient: 'g' }],
      total: ['ReduceSum', { x: 'known' }],
      grad: ['Grad', { cost: 'total', 'wrt.0': 'x', 'wrt.1': 'cube' }],
      dx: out('grad:gradient.0'),
      dcube: out('grad:gradient.1'),
    });
    expect(await numbersOf(document, { x: x3 })).toEqual({ dx: [15, 72, 189], dcube: [5, 6, 7] });
  });
});

describe('where there is no gradient', () => {
  /** Σ op(x), differentiated by x. */
  const through = (op: string, policy = 'raise') =>
    drawing({
      x: vector(3),
      op: [op, { x: 'x' }],
      float: ['Cast', { x: 'op' }, { to: 'float32' }],
      cost: ['ReduceSum', { x: 'float' }],
      grad: ['Grad', { cost: 'cost', 'wrt.0': 'x' }, { disconnected_inputs: policy }],
      dx: out('grad'),
    });
  const all = ['error', 'warning'] as const;

  test('it is zero through steps, with a warning', async () => {
    expect(messages(through('Floor'), all)).toEqual([
      'gradient/zero grad: The gradient of cost with respect to x is 0 everywhere: op is flat',
    ]);
    expect(await numbersOf(through('Floor'), { x: x3 })).toEqual({ dx: [0, 0, 0] });
  });

  test('it is disconnected through whole numbers', () => {
    expect(messages(through('ArgMax'), all)).toEqual([
      'gradient/disconnected grad: cost depends on x only through op, which passes no gradient',
    ]);
  });

  test('Grad can be told to warn or to be silent, and gives zeros', async () => {
    expect(messages(through('DisconnectedGrad', 'warn'))).toEqual([]);
    expect(messages(through('DisconnectedGrad', 'warn'), all)).toHaveLength(1);
    expect(messages(through('DisconnectedGrad', 'ignore'), all)).toEqual([]);
    expect(await numbersOf(through('DisconnectedGrad', 'ignore'), { x: x3 })).toEqual({ dx: [0, 0, 0] });
  });

  test('it is zero without a word where that is asked for', async () => {
    expect(messages(through('ZeroGrad'), all)).toEqual([]);
    expect(messages(through('ConsiderConstant'), all)).toEqual([]);
    expect(await numbersOf(through('ConsiderConstant'), { x: x3 })).toEqual({ dx: [0, 0, 0] });
  });

  test('there may be no path at all', () => {
    const document = drawing({
      ...cubes,
      other: vector(2),
      grad: ['Grad', { cost: 'cost', 'wrt.0': 'other' }],
      dx: out('grad'),
    });
    expect(messages(document)).toEqual(['gradient/disconnected grad: cost does not depend on other']);
  });
});

describe('stable forms', () => {
  /** Σ w · expression(x), and its gradient by x. */
  const graded = (expression: Parameters<typeof drawing>[0], size: number, disabled: readonly string[] = []) =>
    drawing(
      {
        x: vector(size),
        one: ['Constant', {}, { values: [1], shape: [] }],
        ...expression,
        cost: ['ReduceSum', { x: 'result' }],
        grad: ['Grad', { cost: 'cost', 'wrt.0': 'x' }],
        y: out('result'),
        dx: out('grad'),
      },
      { options: { disabledRewrites: disabled } },
    );
  const expressions = {
    'log softmax': { p: ['Softmax', { x: 'x' }], result: ['Log', { x: 'p' }] },
    'log sigmoid': { p: ['Sigmoid', { x: 'x' }], result: ['Log', { x: 'p' }] },
    'log of 1 - sigmoid': {
      p: ['Sigmoid', { x: 'x' }],
      q: ['Sub', { a: 'one', b: 'p' }],
      result: ['Log', { x: 'q' }],
    },
    'log of a sum of exponentials': {
      e: ['Exp', { x: 'x' }],
      s: ['ReduceSum', { x: 'e' }, { keepdims: true }],
      result: ['Log', { x: 's' }],
    },
    softplus: { e: ['Exp', { x: 'x' }], s: ['Add', { a: 'e', b: 'one' }], result: ['Log', { x: 's' }] },
    'root of a square': { s: ['Mul', { a: 'x', b: 'x' }], result: ['Sqrt', { x: 's' }] },
    log1p: { s: ['Add', { a: 'one', b: 'x' }], result: ['Log', { x: 's' }] },
    expm1: { e: ['Exp', { x: 'x' }], result: ['Sub', { a: 'e', b: 'one' }] },
  } as const;

  test.each(Object.entries(expressions))('%s has the same values with and without rewrites', async (_, expression) => {
    const x = { x: f32([0.5, 1.5, 0.25, 2]) };
    const [on, off] = await Promise.all([
      numbersOf(graded(expression, 4), x),
      numbersOf(graded(expression, 4, ['*']), x),
    ]);
    for (const name of ['y', 'dx']) {
      on[name]?.forEach((value, at) => {
        expect(value).toBeCloseTo(off[name]?.[at] ?? Number.NaN, 5);
      });
    }
  });

  test('the logarithm of Softmax at 1000, 0, -1000 has a finite value and gradient', async () => {
    const x = { x: f32([1000, 0, -1000]) };
    expect(await numbersOf(graded(expressions['log softmax'], 3), x)).toEqual({ y: [0, -1000, -2000], dx: [-2, 1, 1] });
    const off = await numbersOf(graded(expressions['log softmax'], 3, ['log of softmax']), x);
    expect(off.y?.every(Number.isFinite)).toBe(false);
    expect(off.dx?.every(Number.isFinite)).toBe(false);
  });

  test.each<[keyof typeof expressions, number[], number[], number[]]>([
    ['log sigmoid', [-200, 200], [-200, 0], [1, 0]],
    ['log of 1 - sigmoid', [-200, 200], [0, -200], [0, -1]],
    ['log of a sum of exponentials', [1000, 1000], [1000 + Math.LN2], [0.5, 0.5]],
    ['softplus', [-200, 200], [0, 200], [0, 1]],
    ['root of a square', [0, -1e30], [0, 1e30], [0, -1]],
    ['log1p', [1e-9, -1e-9], [1e-9, -1e-9], [1, 1]],
    ['expm1', [1e-9, -1e-9], [1e-9, -1e-9], [1, 1]],
  ])('%s where the plain form overflows or loses all digits', async (name, x, y, dx) => {
    const found = await numbersOf(graded(expressions[name], x.length), { x: f32(x) });
    const close = (given: readonly number[] | undefined, wanted: readonly number[]) =>
      wanted.forEach((value, at) => {
        expect(Math.abs((given?.[at] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-6 * Math.abs(value));
      });
    close(found.y, y);
    close(found.dx, dx);
  });
});
