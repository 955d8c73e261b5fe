/** Theano's gradient language: nodes that differentiate, and identities that change what flows back through them. */
import type { Builder } from '../compiler/builder.ts';
import { type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import {
  attr,
  defineOp,
  type InferContext,
  type LocalFix,
  type OpRecord,
  type OpSpec,
  type PortSpec,
} from '../compiler/op.ts';
import { printType, sameType, type TensorType, tensor, tensorData } from '../compiler/types.ts';
import { checkCost, checkDtypes, FLOAT } from './common.ts';

const attributes = {
  disconnected_inputs: attr.choice(
    ['raise', 'warn', 'ignore'],
    'raise',
    'What is said of a variable the cost does not depend on; its gradient is zero in any case.',
  ),
};

type Shared = 'kind' | 'category' | 'attributes' | 'gradient' | 'examples';

/** A node that is replaced by backward equations. */
function defineDerivative(record: Omit<OpSpec<typeof attributes>, Shared>): OpRecord {
  return defineOp<typeof attributes>({
    ...record,
    kind: 'gradient',
    category: 'Gradient',
    attributes,
    gradient: { none: 'undefined', reason: 'It is expanded before anything is differentiated again.' },
    examples: [],
  });
}

const wrtPort: PortSpec = {
  name: 'wrt',
  doc: 'Variables to differentiate by: parameters, inputs or any wire',
  variadic: true,
};

function castFix(port: string): LocalFix {
  const edit = { kind: 'insert-on-wire', port, op: 'Cast', attributes: { to: 'float32' } } as const;
  return { label: 'Cast to float32', safety: 'maybe', edit };
}

/** Fails unless inputs from number `from` on are float32; the ports are members of `wrt`. */
function checkVariables({ inputs, nameOf, fail }: InferContext<unknown>, from: number): readonly TensorType[] {
  return inputs.slice(from).map((type, at) => {
    if (type && type.dtype !== 'float32') {
      fail('gradient/integer', {
        title: `${nameOf(at + from)} is ${printType(type)}: it has no gradient`,
        cause: 'Whole numbers cannot change by a little, so they have no slope.',
        port: `wrt.${at}`,
        fixes: [castFix(`wrt.${at}`)],
      });
    }
    return type ?? tensor('float32', []);
  });
}

/** Fails unless inputs `a` and `b` have one type. */
function checkSameType(ctx: InferContext<unknown>, a: number, b: number, port: string, cause: string): void {
  const [left, right] = [ctx.inputs[a], ctx.inputs[b]];
  if (!left || !right || sameType(left, right)) return;
  const axis = left.shape.findIndex((dim, at) => dim !== right.shape[at]);
  const sameRank = left.shape.length === right.shape.length && axis >= 0;
  ctx.fail('shape/mismatch', {
    title: `${ctx.nameOf(b)} is ${printType(right)}, but ${ctx.nameOf(a)} is ${printType(left)}`,
    cause,
    port,
    conflict: sameRank
      ? [
          [a, axis],
          [b, axis],
        ]
      : [],
  });
}

/** All elements of the product as one number. */
function dot(b: Builder, x: Value, y: Value): Value {
  const product = b.mul(x, y);
  return x.type.shape.length === 0
    ? product
    : b.reduceSum(
        product,
        x.type.shape.map((_, axis) => axis),
      );
}

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, at) => from + at);

const grad = defineDerivative({
  name: 'Grad',
  glyph: '∇',
  aliases: ['T.grad', 'gradient', 'derivative', 'backward', 'autograd'],
  inputs: [{ name: 'cost', doc: 'A single number', dtypes: FLOAT }, wrtPort],
  outputs: [{ name: 'gradient', doc: 'One gradient for each variable, of its shape', variadic: true }],
  infer: (ctx) => {
    checkCost(ctx, 'A gradient is the slope of one number.');
    return checkVariables(ctx, 1);
  },
  differentiate: ({ b, x: [cost, ...wrt], gradients }) =>
    gradients([{ value: cost as Value, cotangent: b.scalar(1) }], range(wrt.length, 1)),
  doc: {
    summary:
      'The gradient of a cost with respect to variables, as ordinary tensors that can be wired onward: Theano’s T.grad.',
    formula: '\\nabla_\\theta L',
    notes:
      'Grad of Grad gives second derivatives. A variable the cost does not depend on is an error; one it depends on in steps only has the gradient 0, with a warning.',
  },
});

const vectorJacobianProduct = defineDerivative({
  name: 'VectorJacobianProduct',
  glyph: 'vᵀJ',
  aliases: ['Lop', 'vjp', 'pullback', 'known_grads', 'subgraph_grad', 'cotangent'],
  inputs: [
    { name: 'y', doc: 'Result of the function, of any shape', dtypes: FLOAT },
    { name: 'v', doc: 'Gradient of something with respect to y, of its type', dtypes: FLOAT },
    wrtPort,
  ],
  outputs: [{ name: 'gradient', doc: 'One gradient for each variable, of its shape', variadic: true }],
  infer: (ctx) => {
    checkSameType(ctx, 0, 1, 'v', 'v has one number for each element of y.');
    return checkVariables(ctx, 2);
  },
  differentiate: ({ x: [y, v, ...wrt], gradients }) =>
    gradients([{ value: y as Value, cotangent: v as Value }], range(wrt.length, 2)),
  doc: {
    summary: 'Carries the gradient of a later quantity back from y to variables: Theano’s Lop and known_grads.',
    formula: '\\bar x = v^\\top \\frac{\\partial y}{\\partial x}',
    notes: 'Backpropagation starting at any wire with any gradient.',
  },
});

const direction: PortSpec = { name: 'v', doc: 'Direction, of the type of x', dtypes: FLOAT };

/** Fails unless input 2 is a direction in which input 1 can move. */
const checkDirection = (ctx: InferContext<unknown>): void =>
  checkSameType(ctx, 1, 2, 'v', 'A direction has one number for each element of x.');

const jvpPorts: readonly PortSpec[] = [
  { name: 'y', doc: 'Result of the function, of any shape', dtypes: FLOAT },
  { name: 'x', doc: 'The variable that moves', dtypes: FLOAT },
  direction,
];

const jacobianVectorProduct = defineDerivative({
  name: 'JacobianVectorProduct',
  glyph: 'Jv',
  aliases: ['Rop', 'jvp', 'pushforward', 'directional derivative', 'forward mode'],
  inputs: jvpPorts,
  outputs: [{ name: 'tangent', doc: 'How y changes when x moves along v, of the type of y' }],
  infer: (ctx) => {
    const [y] = checkDtypes(ctx, jvpPorts);
    checkDirection(ctx);
    return [tensor('float32', y?.shape ?? [])];
  },
  // The gradient of vᵀ(uᵀJ) with respect to u, which it is linear in, is Jv.
  differentiate: ({ b, x: [y, , v], gradients, differentiate }) => {
    const u = b.zerosLike(y as Value);
    const [pulled] = gradients([{ value: y as Value, cotangent: u }], [1]);
    const [tangent] = differentiate([{ value: pulled as Value, cotangent: v as Value }], [u]);
    return [tangent ?? b.zerosLike(y as Value)];
  },
  doc: {
    summary: 'How a result changes when a variable moves along a direction: Theano’s Rop.',
    formula: '\\dot y = \\frac{\\partial y}{\\partial x} v',
    notes: 'Made from two gradients, so it exists wherever gradients do.',
  },
});

const hvpPorts: readonly PortSpec[] = [
  { name: 'cost', doc: 'A single number', dtypes: FLOAT },
  { name: 'x', doc: 'The variable', dtypes: FLOAT },
  direction,
];

const hessianVectorProduct = defineDerivative({
  name: 'HessianVectorProduct',
  glyph: 'Hv',
  aliases: ['hvp', 'hessian_vector_product', 'curvature'],
  inputs: hvpPorts,
  outputs: [{ name: 'product', doc: 'Of the type of x' }],
  infer: (ctx) => {
    checkCost(ctx, 'A Hessian is that of one number.');
    const [, x] = checkDtypes(ctx, hvpPorts);
    checkDirection(ctx);
    return [tensor('float32', x?.shape ?? [])];
  },
  differentiate: ({ b, x: [cost, x, v], gradients, differentiate }) => {
    const [gradient] = gradients([{ value: cost as Value, cotangent: b.scalar(1) }], [1]);
    const along = dot(b, gradient as Value, v as Value);
    const [product] = differentiate([{ value: along, cotangent: b.scalar(1) }], [x as Value]);
    return [product ?? b.zerosLike(x as Value)];
  },
  doc: {
    summary: 'The Hessian of a cost times a vector, without the Hessian: the gradient of gradient times v.',
    formula: 'H v = \\nabla_x (\\nabla_x L \\cdot v)',
  },
});

/** Rows of a Jacobian are written out one by one, so there cannot be many. */
const MOST_ROWS = 64;

/** The number of rows; fails where it is not known or too large. */
function checkRows({ nameOf, fail }: InferContext<unknown>, shape: Shape, input: number, port: string): number {
  const rows = sizeOf(shape);
  if (typeof rows === 'number' && rows >= 1 && rows <= MOST_ROWS) return rows;
  return fail(typeof rows === 'number' ? 'shape/mismatch' : 'shape/symbolic', {
    title: `${nameOf(input)} has ${rows} elements, and each is a row`,
    cause: `A row is a gradient of its own; there can be 1 to ${MOST_ROWS}, and their number has to be known.`,
    port,
  });
}

/** Gradients of each element of y, stacked into [...y.shape, ...x.shape]. */
function stackRows(b: Builder, y: Value, x: Value, row: (cotangent: Value) => Value): Value {
  const rows = sizeOf(y.type.shape) as number;
  const flat = [1, sizeOf(x.type.shape)] as const;
  const stacked = range(rows).map((at) => {
    const one = range(rows).map((other) => (other === at ? 1 : 0));
    const cotangent = b.constant(tensorData('float32', y.type.shape as readonly number[], one));
    return b.reshape(row(cotangent), flat);
  });
  const [first] = stacked;
  const joined = stacked.length === 1 ? (first as Value) : b.emit('Concat', stacked, { axis: 0 });
  return b.reshape(joined, [...y.type.shape, ...x.type.shape]);
}

const jacobianPorts: readonly PortSpec[] = [
  { name: 'y', doc: `Result of the function, of up to ${MOST_ROWS} elements`, dtypes: FLOAT },
  { name: 'x', doc: 'The variable', dtypes: FLOAT },
];

const jacobian = defineDerivative({
  name: 'Jacobian',
  glyph: 'J',
  aliases: ['T.jacobian', 'theano.gradient.jacobian', 'derivative matrix'],
  inputs: jacobianPorts,
  outputs: [{ name: 'jacobian', doc: 'The shape of y followed by that of x' }],
  infer: (ctx) => {
    const [y, x] = checkDtypes(ctx, jacobianPorts);
    checkRows(ctx, y?.shape ?? [], 0, 'y');
    return [tensor('float32', [...(y?.shape ?? []), ...(x?.shape ?? [])])];
  },
  differentiate: ({ b, x: [y, x], gradients }) => [
    stackRows(b, y as Value, x as Value, (cotangent) => {
      const [row] = gradients([{ value: y as Value, cotangent }], [1]);
      return row as Value;
    }),
  ],
  doc: {
    summary: 'All partial derivatives of a small result with respect to a variable.',
    formula: 'J_{ij} = \\frac{\\partial y_i}{\\partial x_j}',
  },
});

const hessianPorts: readonly PortSpec[] = [
  { name: 'cost', doc: 'A single number', dtypes: FLOAT },
  { name: 'x', doc: `The variable, of up to ${MOST_ROWS} elements`, dtypes: FLOAT },
];

const hessian = defineDerivative({
  name: 'Hessian',
  glyph: 'H',
  aliases: ['T.hessian', 'theano.gradient.hessian', 'second derivatives', 'curvature matrix'],
  inputs: hessianPorts,
  outputs: [{ name: 'hessian', doc: 'The shape of x twice' }],
  infer: (ctx) => {
    checkCost(ctx, 'A Hessian is that of one number.');
    const [, x] = checkDtypes(ctx, hessianPorts);
    checkRows(ctx, x?.shape ?? [], 1, 'x');
    return [tensor('float32', [...(x?.shape ?? []), ...(x?.shape ?? [])])];
  },
  differentiate: ({ b, x: [cost, x], gradients, differentiate }) => {
    const [gradient] = gradients([{ value: cost as Value, cotangent: b.scalar(1) }], [1]);
    return [
      stackRows(b, gradient as Value, x as Value, (cotangent) => {
        const [row] = differentiate([{ value: gradient as Value, cotangent }], [x as Value]);
        return row ?? b.zerosLike(x as Value);
      }),
    ];
  },
  doc: {
    summary: 'All second partial derivatives of a cost with respect to a small variable.',
    formula: 'H_{ij} = \\frac{\\partial^2 L}{\\partial x_i\\, \\partial x_j}',
    notes: 'A cost that is linear in x has the Hessian 0.',
  },
});

export const gradientOps: readonly OpRecord[] = [
  grad,
  vectorJacobianProduct,
  jacobianVectorProduct,
  hessianVectorProduct,
  jacobian,
  hessian,
];
