import type { Builder } from '../compiler/builder.ts';
import { type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import {
  attr,
  defineOp,
  type Fans,
  type InferContext,
  type LocalEdit,
  type LocalFix,
  type OpRecord,
} from '../compiler/op.ts';
import { broadcastDims, broadcastShapes, printShape, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { einsum } from './einsum.ts';

const last = (shape: Shape, at = 1) => shape[shape.length - at];

function transposition(port: string, rank: number): LocalEdit {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return { kind: 'insert-on-wire', port, op: 'Transpose', attributes: { perm } };
}

/** Rows of `a` are the examples of a batch, and `b` is a weight. */
const examplesFirst = (a: Shape, b: Shape): boolean => typeof a[0] === 'string' && typeof b[0] === 'number';

const swap: LocalEdit = { kind: 'swap-inputs', ports: ['a', 'b'] };

/** Fixes for a product whose inner sizes differ: transpose a side, exchange the sides, or lay images out as rows. */
function innerFixes({ nameOf }: InferContext<unknown>, a: Shape, b: Shape): LocalFix[] {
  const [left, right] = [nameOf(0), nameOf(1)];
  const fixes: LocalFix[] = [];
  const rows = b.length > 1 ? last(b, 2) : b[0];
  if (a.length > 2 && sizeOf(a.slice(1)) === rows) {
    const edit = { kind: 'insert-on-wire', port: 'a', op: 'Flatten', attributes: { axis: 1 } } as const;
    fixes.push({ label: `Flatten a to ${printShape([a[0] ?? 1, rows ?? 1])}`, safety: 'safe', edit });
  }
  if (b.length > 1 && last(a) === last(b)) {
    fixes.push({ label: 'Transpose b', safety: 'maybe', edit: transposition('b', b.length) });
  }
  if (a.length > 1 && last(a, 2) === rows) {
    fixes.push({ label: 'Transpose a', safety: 'maybe', edit: transposition('a', a.length) });
  }
  if (a.length !== 2 || b.length !== 2 || examplesFirst(a, b)) return fixes;
  // Columns as examples, T.dot(W, X): here examples are rows, so the weights come second.
  const swaps: LocalFix[] = [];
  if (last(b) === a[0]) swaps.push({ label: `Swap: ${right} × ${left}`, safety: 'maybe', edit: swap });
  if (last(b) === a[1]) {
    const also = [transposition('b', 2)];
    swaps.push({ label: `Swap: ${right} × ${left} transposed`, safety: 'maybe', edit: swap, also });
  }
  return examplesFirst(b, a) ? [...swaps, ...fixes] : [...fixes, ...swaps.slice(0, 1)];
}

/** `x [batch, 64] × W [32, 10]` */
function times({ nameOf }: InferContext<unknown>, a: Shape, b: Shape, [left, right] = ['', '']): string {
  return `${nameOf(0)} ${printShape(a)}${left} × ${nameOf(1)} ${printShape(b)}${right}`;
}

/** Of the last two axes, [in, out] or, where `transposed`, [out, in]; a stack of matrices has those of one. */
function matrixFans(shape: readonly number[], transposed: boolean): Fans | null {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) return null;
  return transposed ? { in: columns, out: rows } : { in: rows, out: columns };
}

const matMulPorts = [
  { name: 'a', doc: 'Left factor [..., M, K], or a vector [K].', dtypes: FLOAT },
  { name: 'b', doc: 'Right factor [..., K, N], or a vector [K].', dtypes: FLOAT },
];

function inferMatMul(ctx: InferContext<unknown>) {
  const [a = [], b = []] = checkDtypes(ctx, matMulPorts).map((type) => type.shape);
  for (const [at, shape] of [a, b].entries()) {
    if (shape.length > 0) continue;
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(at)} is a scalar`,
      cause: 'A matrix product needs vectors or matrices; use Mul to scale by a number.',
      port: matMulPorts[at]?.name,
    });
  }
  const inner = b.length > 1 ? b.length - 2 : 0;
  if (last(a) !== b[inner]) {
    ctx.fail('shape/matmul', {
      title: `${times(ctx, a, b)}: inner sizes ${last(a)} and ${b[inner]} differ`,
      cause: `The last axis of ${ctx.nameOf(0)} is summed with ${b.length > 1 ? 'the rows' : 'the elements'} of ${ctx.nameOf(1)}.`,
      conflict: [
        [0, a.length - 1],
        [1, inner],
      ],
      fixes: innerFixes(ctx, a, b),
    });
  }
  const [left, right] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcastShapes(left, right);
  if (!batch) {
    const bad = left.findIndex(
      (dim, axis) => broadcastDims(dim, right[axis + right.length - left.length] ?? 1) === null,
    );
    return ctx.fail('shape/broadcast', {
      title: `stacks of matrices ${printShape(left)} and ${printShape(right)} do not broadcast`,
      cause: 'The axes before the last two number the matrices of a stack. They have to be equal, or 1, or missing.',
      conflict: [
        [0, bad],
        [1, bad + right.length - left.length],
      ],
    });
  }
  ctx.broadcasts([left, right], batch);
  return [tensor('float32', [...batch, ...a.slice(0, -1).slice(-1), ...(b.length > 1 ? b.slice(-1) : [])])];
}

/** A vector on the left is a row, a vector on the right a column. */
const asRow = (b: Builder, x: Value) => (x.type.shape.length > 1 ? x : b.reshape(x, [1, ...x.type.shape]));
const asColumn = (b: Builder, x: Value) => (x.type.shape.length > 1 ? x : b.reshape(x, [...x.type.shape, 1]));

function swapLastTwo(b: Builder, x: Value): Value {
  const perm = x.type.shape.map((_, axis) => axis);
  return b.transpose(x, [...perm.slice(0, -2), ...perm.slice(-2).reverse()]);
}

/** Gradients of a product of stacks of matrices, over all axes of the product's stack. */
function matrixGradients(b: Builder, left: Value, right: Value, g: Value): readonly [() => Value, () => Value] {
  if (right.type.shape.length === 2) {
    // All rows of the stack meet the same matrix: two products without a transpose.
    const rows = (x: Value) => b.reshape(x, [sizeOf(x.type.shape.slice(0, -1)), last(x.type.shape) ?? 1]);
    return [
      () => b.reshape(b.gemm(rows(g), right, null, { transB: true }), left.type.shape),
      () => b.gemm(rows(left), rows(g), null, { transA: true }),
    ];
  }
  return [() => b.matMul(g, swapLastTwo(b, right)), () => b.matMul(swapLastTwo(b, left), g)];
}

const matMul = defineOp({
  name: 'MatMul',
  category: 'Linear',
  glyph: '×',
  aliases: ['dot', 'mm', 'bmm', '@', 'matrix product', 'inner product'],
  inputs: matMulPorts,
  outputs: [{ name: 'y', doc: '[..., M, N]; without M or N where that side is a vector.' }],
  attributes: {},
  infer: inferMatMul,
  fans: (at, shape) => matrixFans(shape, at === 0),
  gradient: ({ b, x, g }) => {
    const [a, w, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const [left, right] = [asRow(b, a), asColumn(b, w)];
    const batch = broadcastShapes(left.type.shape.slice(0, -2), right.type.shape.slice(0, -2)) ?? [];
    const shape = [...batch, last(left.type.shape, 2) ?? 1, last(right.type.shape) ?? 1];
    const [dLeft, dRight] = matrixGradients(b, left, right, b.reshape(dy, shape));
    // A vector's row or column axis of size 1 goes; the walker sums over the stack.
    const drop = (value: Value, axis: number) => b.reshape(value, value.type.shape.toSpliced(axis, 1));
    return [() => (left === a ? dLeft() : drop(dLeft(), -2)), () => (right === w ? dRight() : drop(dRight(), -1))];
  },
  lower: ({ b, x, y }) => {
    const [left, right] = [asRow(b, operand(x, 0)), asColumn(b, operand(x, 1))];
    return [b.reshape(b.matMul(left, right), operand(y, 0).type.shape)];
  },
  doc: {
    summary: 'Matrix product; stacks of matrices are multiplied one by one, vectors as a row or a column.',
    formula: tex`Y = A B,\quad Y_{ij} = \sum_k A_{ik} B_{kj}`,
    gradient: tex`\bar A = \bar Y B^\top,\quad \bar B = A^\top \bar Y`,
    notes:
      'Leading axes broadcast as in NumPy; the gradient of a side that was repeated is summed over the repetitions.',
  },
  cases: [['f32[batch,3] f32[3,5]'], ['f32[2,batch,3] f32[3,5]'], ['f32[3] f32[batch,3,5]']],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3]), f32([1, 0, 0, 1, 1, 1], [3, 2])],
      outputs: [f32([4, 5, 10, 11], [2, 2])],
    },
    { inputs: [f32([1, 2, 3]), f32([4, 5, 6])], outputs: [f32([32], [])] },
  ],
});

const gemmPorts = [
  { name: 'a', doc: 'Left factor [M, K], or [K, M] with transA.', dtypes: FLOAT },
  { name: 'b', doc: 'Right factor [K, N], or [N, K] with transB.', dtypes: FLOAT },
  { name: 'c', doc: 'What is added; broadcasts to [M, N], as a bias [N] does.', dtypes: FLOAT, optional: true },
];

interface GemmAttributes {
  readonly transA: boolean;
  readonly transB: boolean;
}

function gemmFixes(
  { nameOf, attributes: { transA, transB } }: InferContext<GemmAttributes>,
  a: Shape,
  b: Shape,
): LocalFix[] {
  const set = (attribute: string, value: boolean): LocalEdit => ({ kind: 'set-attribute', attribute, value });
  const flip = (attribute: string, value: boolean): LocalFix => ({
    label: `${value ? 'Set' : 'Clear'} ${attribute}`,
    safety: 'maybe',
    edit: set(attribute, value),
  });
  const inner = (left: Shape, right: Shape, flipped: boolean) =>
    left[transA ? 0 : 1] === right[transB === flipped ? 0 : 1];
  const fixes: LocalFix[] = [];
  if (inner(a, b, true)) fixes.push(flip('transB', !transB));
  if (a[transA ? 1 : 0] === b[transB ? 1 : 0]) fixes.push(flip('transA', !transA));
  const swapped = `Swap: ${nameOf(1)} × ${nameOf(0)}`;
  const swaps: LocalFix[] = [];
  if (inner(b, a, false)) swaps.push({ label: swapped, safety: 'maybe', edit: swap });
  else if (inner(b, a, true)) {
    swaps.push({ label: `${swapped} transposed`, safety: 'maybe', edit: swap, also: [set('transB', !transB)] });
  }
  if (examplesFirst(a, b)) return fixes;
  return examplesFirst(b, a) ? [...swaps, ...fixes] : [...fixes, ...swaps];
}

function gemmBiasFixes(c: Shape, shape: Shape): LocalFix[] {
  if (c.length !== 1 || c[0] !== shape[0]) return [];
  const edit = { kind: 'insert-on-wire', port: 'c', op: 'Unsqueeze', attributes: { axes: [1] } } as const;
  return [{ label: `Unsqueeze c to ${printShape([c[0] ?? 1, 1])}`, safety: 'maybe', edit }];
}

function inferGemm(ctx: InferContext<GemmAttributes>) {
  checkDtypes(ctx, gemmPorts);
  const [a, b, c] = ctx.inputs.map((type) => type?.shape);
  const { transA, transB } = ctx.attributes;
  if (!a || !b) throw new Error('Gemm without factors');
  for (const [at, shape] of [a, b].entries()) {
    if (shape.length === 2) continue;
    const port = gemmPorts[at]?.name ?? '';
    const edit = { kind: 'insert-on-wire', port, op: 'Flatten', attributes: { axis: 1 } } as const;
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(at)} has shape ${printShape(shape)}, not that of a matrix`,
      cause: 'Gemm multiplies two matrices. MatMul also takes stacks of matrices and vectors.',
      port,
      fixes:
        shape.length > 2 ? [{ label: `Flatten ${port} to a matrix`, safety: at === 0 ? 'safe' : 'maybe', edit }] : [],
    });
  }
  const [inA, inB] = [transA ? 0 : 1, transB ? 1 : 0];
  if (a[inA] !== b[inB]) {
    ctx.fail('shape/matmul', {
      title: `${times(ctx, a, b, [transA ? 'ᵀ' : '', transB ? 'ᵀ' : ''])}: inner sizes ${a[inA]} and ${b[inB]} differ`,
      cause: `The ${transA ? 'rows' : 'columns'} of ${ctx.nameOf(0)} are summed with the ${transB ? 'columns' : 'rows'} of ${ctx.nameOf(1)}.`,
      conflict: [
        [0, inA],
        [1, inB],
      ],
      fixes: gemmFixes(ctx, a, b),
    });
  }
  const shape = [a[1 - inA] ?? 1, b[1 - inB] ?? 1];
  if (c) {
    const bad = c.findIndex((dim, axis) => dim !== 1 && dim !== shape[axis + 2 - c.length]);
    if (c.length > 2 || bad >= 0) {
      const at = bad + 2 - c.length;
      ctx.fail('shape/broadcast', {
        title: `${ctx.nameOf(2)} ${printShape(c)} does not broadcast to the product ${printShape(shape)}`,
        port: 'c',
        cause: 'The product keeps its shape: what is added to it may be stretched, but not larger.',
        conflict: c.length > 2 ? [] : [[2, bad], at === 0 ? [0, 1 - inA] : [1, 1 - inB]],
        fixes: gemmBiasFixes(c, shape),
      });
    }
    // A bias vector is what the third operand is for.
    if (c.length !== 1) ctx.broadcasts([shape, [], c], shape);
  }
  return [tensor('float32', shape)];
}

const gemm = defineOp({
  name: 'Gemm',
  category: 'Linear',
  glyph: '×+',
  aliases: ['dense', 'linear', 'fully connected', 'addmm', 'affine', 'matrix product with bias'],
  inputs: gemmPorts,
  outputs: [{ name: 'y', doc: '[M, N]' }],
  attributes: {
    alpha: attr.float(1, 'Factor of the product.'),
    beta: attr.float(1, 'Factor of c.'),
    transA: attr.flag(false, 'Transpose a first.'),
    transB: attr.flag(false, 'Transpose b first.'),
  },
  infer: inferGemm,
  fans: (at, shape, { transA, transB }) => (at === 2 ? null : matrixFans(shape, at === 0 ? !transA : transB)),
  gradient: ({ b, x, g, attributes: { alpha, beta, transA, transB } }) => {
    const [a, w, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const c = x[2];
    return [
      () =>
        transA
          ? b.gemm(w, dy, null, { alpha, transA: transB, transB: true })
          : b.gemm(dy, w, null, { alpha, transB: !transB }),
      () =>
        transB
          ? b.gemm(dy, a, null, { alpha, transA: true, transB: transA })
          : b.gemm(a, dy, null, { alpha, transA: !transA }),
      ...(x.length > 2
        ? [
            c
              ? () => {
                  const sum = b.sumTo(dy, c.type.shape);
                  return beta === 1 ? sum : b.mul(sum, b.scalar(beta));
                }
              : null,
          ]
        : []),
    ];
  },
  doc: {
    summary: 'Matrix product with a bias in one kernel: a dense layer.',
    formula: tex`Y = \alpha\, A B + \beta\, C`,
    gradient: tex`\bar A = \alpha\, \bar Y B^\top,\quad \bar B = \alpha\, A^\top \bar Y,\quad \bar C = \beta \textstyle\sum \bar Y`,
    notes:
      'transA and transB stand for transposed factors. The gradient of c is summed over the axes it broadcasts along.',
  },
  cases: [
    ['f32[batch,3] f32[3,5] f32[5]'],
    ['f32[3,batch] f32[5,3] _', { transA: true, transB: true, alpha: 0.5 }],
    ['f32[batch,3] f32[3,5] f32[batch,1]', { beta: -2 }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2]), f32([1, 1, 0, 2], [2, 2]), f32([10, 20])],
      outputs: [f32([11, 25, 13, 31], [2, 2])],
    },
    {
      inputs: [f32([1, 2], [1, 2]), f32([3, 4], [1, 2]), null],
      attributes: { alpha: 0.5, transB: true },
      outputs: [f32([5.5], [1, 1])],
    },
  ],
});

export const linearOps: readonly OpRecord[] = [matMul, gemm, einsum];
