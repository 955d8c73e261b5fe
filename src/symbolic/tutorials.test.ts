/** The snippets of the Theano tutorials, in their order, with the same names. */
import { describe, expect, test } from 'vitest';
import { debugprint } from './debugprint.ts';
import { fn } from './function.ts';
import { grad } from './gradient.ts';
import { type SharedVariable, shared } from './shared.ts';
import { T } from './t.ts';
import { asTensor, ones, type Tensor, zeros } from './tensor.ts';

/** Numbers without a pattern, the same each time. */
function numbers(count: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}

const matrix = (rows: number, columns: number, seed?: number): number[][] => {
  const all = numbers(rows * columns, seed);
  return Array.from({ length: rows }, (_, row) => all.slice(row * columns, (row + 1) * columns));
};

const close = (tensor: Tensor, expected: readonly number[], digits = 5) => {
  expect(tensor.data.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(Number(tensor.data[at])).toBeCloseTo(value, digits);
};

describe('first functions', () => {
  test('f(x, y) = 3x + 4y + 5', async () => {
    const x = T.scalar('x');
    const y = T.scalar('y');
    const foo = x.mul(3).add(y.mul(4)).add(5);
    const f = await fn({ inputs: [x, y], outputs: foo });
    expect((await f(1, 2)).item()).toBe(16);
    expect((await f(3, 4)).item()).toBe(30);
  });

  test('gradients of x², log x and 1/x', async () => {
    const x = T.scalar('x');
    const gx = await fn({ inputs: [x], outputs: [T.grad(x.pow(2), x), T.grad(T.log(x), x), T.grad(T.inv(x), x)] });
    const found = await gx(4);
    expect(found.map((each) => each.item())).toEqual([8, 0.25, -0.0625]);
  });

  test('gradients of foo and of its sigmoid', async () => {
    const x = T.scalar('x');
    const y = T.scalar('y');
    const foo = x.mul(3).add(y.mul(4)).add(5);
    const z = T.nnet.sigmoid(foo);
    const f = await fn({
      inputs: [x, y],
      outputs: [...T.grad(foo, [x, y]), ...T.grad(z, [x, y])],
      on_unused_input: 'ignore',
    });
    const at = async (a: number, b: number) => (await f(a, b)).map((each) => each.item());
    const s = 1 / (1 + Math.exp(-(3 * -1 + 4 * -0.5 + 5)));
    const [fx, fy, zx = 0, zy = 0] = await at(-1, -0.5);
    expect([fx, fy]).toEqual([3, 4]);
    expect(zx).toBeCloseTo(3 * s * (1 - s), 6);
    expect(zy).toBeCloseTo(4 * s * (1 - s), 6);
  });

  test('fx.eval', async () => {
    const vx = T.vector('vx');
    const fx = vx.pow(2);
    expect((await fx.eval({ vx: [2, 3, 0] })).tolist()).toEqual([4, 9, 0]);
    expect((await fx.eval(new Map([[vx, [1, -1]]]))).tolist()).toEqual([1, 1]);
  });

  test('the riddle of broadcasting', async () => {
    const sum = T.constant([1, 2]).add(T.constant([[1], [1], [1]]));
    expect((await sum.eval()).tolist()).toEqual([
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
  });
});

describe('data and losses', () => {
  test('the third batch of a shared data set', async () => {
    const shared_x = shared(matrix(500, 3), 'x');
    const shared_y = shared(Array.from({ length: 500 }, (_, row) => row % 10));
    const x_train = shared_x.slice(2 * 100, 3 * 100);
    const y_train = T.cast(shared_y, 'int32').slice(2 * 100, 3 * 100);
    const found = await x_train.eval();
    expect(found.shape).toEqual([100, 3]);
    close(found, matrix(500, 3).slice(200, 300).flat());
    expect((await y_train.eval()).dtype).toBe('int32');
  });

  test('the zero-one loss', async () => {
    const y_pred = T.matrix('y_pred');
    const y = T.ivector('y');
    const loss_zero_one = T.sum(T.neq(T.argmax(y_pred, 1), y));
    const loss = await loss_zero_one.eval({
      y_pred: [
        [0.1, 0.9],
        [0.8, 0.2],
        [0.3, 0.7],
      ],
      y: [1, 1, 0],
    });
    expect(loss.item()).toBe(2);
  });

  test('the negative log-likelihood, by two vectors of indices', async () => {
    const p = T.matrix('p');
    const y = T.ivector('y');
    const loss_nll = T.sum(T.log(p).at(T.arange(y.shape[0]), y)).neg();
    const values = [
      [0.25, 0.75],
      [0.5, 0.5],
    ];
    expect((await loss_nll.eval({ p: values, y: [1, 0] })).item()).toBeCloseTo(-Math.log(0.75) - Math.log(0.5), 6);
    const g = await fn({ inputs: [p, y], outputs: grad(loss_nll, p) });
    close(await g(values, [1, 0]), [0, -1 / 0.75, -2, 0]);
  });

  test('L1 and squared L2', async () => {
    const param = shared(
      [
        [1, -2],
        [0, 3],
      ],
      'param',
    );
    const L1 = T.sum(T.abs(param));
    const L2_sqr = T.sum(param.pow(2));
    expect((await L1.eval()).item()).toBe(6);
    expect((await L2_sqr.eval()).item()).toBe(14);
    const g = await grad(L1.mul(0.1).add(L2_sqr.mul(0.5)), param).eval();
    close(g, [1.1, -2.1, 0, 3.1]);
  });
});

/** Softmax regression as the tutorials write it, and what it has to come to, in plain numbers. */
function regression(x: number[][], y: number[], W: number[][], b: number[], lr: number) {
  const scores = x.map((row) =>
    b.map((bias, k) => row.reduce((sum, value, i) => sum + value * (W[i]?.[k] ?? 0), bias)),
  );
  const p = scores.map((row) => {
    const exps = row.map(Math.exp);
    const sum = exps.reduce((total, each) => total + each);
    return exps.map((each) => each / sum);
  });
  const cost = -p.reduce((sum, row, n) => sum + Math.log(row[y[n] as number] as number), 0) / x.length;
  const d = p.map((row, n) => row.map((each, k) => (each - (k === y[n] ? 1 : 0)) / x.length));
  const newW = W.map((row, i) =>
    row.map((value, k) => value - lr * x.reduce((sum, each, n) => sum + (each[i] as number) * (d[n]?.[k] ?? 0), 0)),
  );
  const newB = b.map((value, k) => value - lr * d.reduce((sum, row) => sum + (row[k] as number), 0));
  return { cost, W: newW, b: newB };
}

describe('gradient descent', () => {
  const learning_rate = 0.1;

  function model() {
    const x = T.matrix('x');
    const y = T.ivector('y');
    const W = shared(zeros(4, 3), 'W');
    const b = shared(zeros(3), 'b');
    const p_y_given_x = T.nnet.softmax(T.dot(x, W).add(b));
    const cost = T.mean(T.log(p_y_given_x).at(T.arange(y.shape[0]), y))
      .neg()
      .as('cost');
    return { x, y, W, b, p_y_given_x, cost };
  }

  const step = ({ W, b, cost }: ReturnType<typeof model>) => {
    const [g_W, g_b] = T.grad(cost, [W, b]);
    return [
      [W, W.sub(g_W.mul(learning_rate))],
      [b, b.sub(g_b.mul(learning_rate))],
    ] as const;
  };

  test('MSGD: outputs are of the old parameters, updates of the new ones', async () => {
    const made = model();
    const train_model = await fn({ inputs: [made.x, made.y], outputs: made.cost, updates: step(made) });
    let plain = { cost: 0, W: matrix(4, 3).map((row) => row.map(() => 0)), b: [0, 0, 0] };
    for (let round = 0; round < 5; round++) {
      const x = matrix(6, 4, round + 1);
      const y = [0, 1, 2, 0, 1, 2];
      plain = regression(x, y, plain.W, plain.b, learning_rate);
      expect((await train_model(x, y)).item()).toBeCloseTo(plain.cost, 5);
    }
    close(made.W.get_value(), plain.W.flat());
    close(made.b.get_value(), plain.b);
  });

  test('a minibatch by its number, with givens', async () => {
    const made = model();
    const data = matrix(60, 4);
    const labels = Array.from({ length: 60 }, (_, row) => row % 3);
    const train_set_x = shared(data, 'train_set_x');
    const train_set_y = T.cast(shared(labels, 'train_set_y'), 'int32');
    const batch_size = 20;
    const index = T.lscalar('index');
    const train_model = await fn({
      inputs: [index],
      outputs: made.cost,
      updates: step(made),
      givens: [
        [made.x, train_set_x.slice(index.mul(batch_size), index.add(1).mul(batch_size))],
        [made.y, train_set_y.slice(index.mul(batch_size), index.add(1).mul(batch_size))],
      ],
    });
    let plain = { cost: 0, W: matrix(4, 3).map((row) => row.map(() => 0)), b: [0, 0, 0] };
    for (let minibatch = 0; minibatch < 3; minibatch++) {
      const rows = [minibatch * batch_size, (minibatch + 1) * batch_size] as const;
      plain = regression(data.slice(...rows), labels.slice(...rows), plain.W, plain.b, learning_rate);
      expect((await train_model(minibatch)).item()).toBeCloseTo(plain.cost, 5);
    }
    close(made.W.get_value(), plain.W.flat());
  });

  test('train and predict share their parameters', async () => {
    const X = T.matrix('X');
    const y = T.matrix('y');
    const W = shared(matrix(3, 2), 'W');
    const B = shared([0, 0], 'B');
    const y_out = T.nnet.softmax(T.dot(X, W).add(B));
    const loss = T.mean(T.nnet.binary_crossentropy(y_out, y));
    const [g_w, g_b] = T.grad(loss, [W, B]);
    const updt = [
      [W, W.sub(g_w.mul(0.5))],
      [B, B.sub(g_b.mul(0.5))],
    ] as const;
    const model_train = await fn({ inputs: [X, y], outputs: loss, updates: updt });
    const model_pred = await fn({ inputs: [X], outputs: y_out });
    const before = (await model_pred([[1, 0, 0]])).tolist();
    const first = (await model_train([[1, 0, 0]], [[0, 1]])).item();
    for (let step = 0; step < 20; step++) await model_train([[1, 0, 0]], [[0, 1]]);
    expect((await model_train([[1, 0, 0]], [[0, 1]])).item()).toBeLessThan(first / 3);
    expect((await model_pred([[1, 0, 0]])).tolist()).not.toEqual(before);
  });

  test('updates are simultaneous', async () => {
    const a = shared(1, 'a');
    const b = shared(2, 'b');
    const swap = await fn({
      updates: [
        [a, b],
        [b, a],
      ],
    });
    await swap();
    expect([a.get_value().item(), b.get_value().item()]).toEqual([2, 1]);
  });

  test('values are saved and loaded apart from functions', async () => {
    const w = shared(matrix(2, 2), 'w');
    const saved = w.get_value();
    const clear = await fn({ updates: [[w, w.mul(0)]] });
    await clear();
    close(w.get_value(), [0, 0, 0, 0]);
    w.set_value(saved);
    close(w.get_value(), matrix(2, 2).flat());
  });
});

describe('convolution and pooling', () => {
  test('conv2d flips filters, pool_2d drops what is left over', async () => {
    const input = T.tensor4('input');
    const W = shared(asTensor({ dtype: 'float32', shape: [2, 3, 9, 9], data: Float32Array.from(numbers(486)) }), 'W');
    const b = shared(numbers(2), 'b');
    const conv_out = T.nnet.conv2d(input, W);
    const pooled_out = T.signal.pool.pool_2d(conv_out, { ws: [2, 2], ignore_border: true });
    const f = await fn({ inputs: [input], outputs: T.nnet.sigmoid(conv_out.add(b.dimshuffle('x', 0, 'x', 'x'))) });
    const f2 = await fn({ inputs: [input], outputs: T.nnet.sigmoid(pooled_out.add(b.dimshuffle('x', 0, 'x', 'x'))) });
    const image = asTensor({ dtype: 'float32', shape: [1, 3, 39, 30], data: Float32Array.from(numbers(3510, 7)) });
    const filtered = await f(image);
    expect(filtered.shape).toEqual([1, 2, 31, 22]);
    expect((await f2(image)).shape).toEqual([1, 2, 15, 11]);
    // Element [0, 1, 4, 5] of a convolution in the mathematical sense.
    const filters = W.get_value().data as Float32Array;
    let sum = b.get_value().data[1] as number;
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < 9; i++) {
        for (let j = 0; j < 9; j++) {
          const pixel = image.data[(c * 39 + 4 + i) * 30 + 5 + j] as number;
          sum += pixel * (filters[((3 + c) * 9 + 8 - i) * 9 + 8 - j] as number);
        }
      }
    }
    expect(filtered.data[(31 + 4) * 22 + 5]).toBeCloseTo(1 / (1 + Math.exp(-sum)), 5);
  });
});

describe('what is wrong is said', () => {
  const x = T.matrix('x');

  test('a cost that is no single number', async () => {
    const W = shared(ones(3, 2), 'W');
    const bad = await fn({ inputs: [x], outputs: grad(T.dot(x, W), W) });
    await expect(bad(ones(4, 3))).rejects.toThrow(/single number|scalar/);
  });

  test('shapes that do not fit, in the names of the variables', async () => {
    const W = shared(ones(784, 10), 'W');
    const f = await fn({ inputs: [x], outputs: T.dot(x, W) });
    await expect(f(ones(5, 64))).rejects.toThrow(/784/);
  });

  test('an input that is missing, unused or of another rank', async () => {
    const y = T.vector('y');
    const missing = await fn({ inputs: [x], outputs: x.add(y) });
    await expect(missing(ones(2, 2))).rejects.toThrow('y is needed and is not among the inputs');
    const unused = await fn({ inputs: [x, y], outputs: x.mul(2) });
    await expect(unused(ones(2, 2), [1])).rejects.toThrow(/y is not used/);
    const f = await fn({ inputs: [x], outputs: x.mul(2) });
    await expect(f([1, 2])).rejects.toThrow('x has 2 axes; the value given has the shape [2]');
    await expect(f([[1, 2], [3]])).rejects.toThrow('Row 1 has the shape [1], row 0 has [2]');
  });

  test('a list where a pair is meant, and a variable updated twice', async () => {
    const params: SharedVariable[] = [shared(0, 'w'), shared(0, 'b')];
    const [w, b] = params as [SharedVariable, SharedVariable];
    await expect(fn({ updates: [[params as never, w.sub(1)]] })).rejects.toThrow(/pairs of a shared variable/);
    await expect(
      fn({
        updates: [
          [w, w.add(1)],
          [b, b],
          [w, w],
        ],
      }),
    ).rejects.toThrow('w is updated twice');
  });

  test('a slice whose length nobody knows', () => {
    const i = T.lscalar('i');
    expect(() => shared([1, 2, 3]).slice(i, i.mul(2))).toThrow(/distance is a number/);
  });
});

test('debugprint writes each value once', () => {
  const a = T.scalar('x');
  const y = a.mul(3).add(5).as('y');
  expect(debugprint(y.mul(y))).toBe(
    [
      'Mul [id A]',
      " |Add [id B] 'y'",
      ' | |Mul [id C]',
      ' | | |x [id D]',
      ' | | |3 [id E]',
      ' | |5 [id F]',
      " |Add [id B] 'y' ···",
    ].join('\n'),
  );
});
