/** What recurrent layers take, and the shapes they make of it. */
import { type Dim, multiplyDims, type Shape } from '../compiler/dims.ts';
import { attr, type Fans, type InferContext, type LocalFix, type PortSpec } from '../compiler/op.ts';
import { printShape, type TensorType, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT } from './common.ts';
import type { LayerAttributes } from './recurrent-steps.ts';

/** Steps are written out one by one, so long sequences make large graphs. */
export const LONGEST = 256;

export function recurrentPorts(gates: string, order: string): readonly PortSpec[] {
  return [
    { name: 'x', doc: 'Sequences [seq, batch, input], or [batch, seq, input] with layout 1.', dtypes: FLOAT },
    { name: 'w', doc: `Weights of the input, [directions, ${gates}hidden, input]${order}.`, dtypes: FLOAT },
    { name: 'r', doc: `Weights of the state, [directions, ${gates}hidden, hidden].`, dtypes: FLOAT },
    {
      name: 'b',
      doc: `Biases of the input, then of the state, [directions, 2*${gates}hidden]; zeros without a wire.`,
      dtypes: FLOAT,
      optional: true,
    },
    {
      name: 'sequence_lens',
      doc: 'Length of each sequence, [batch]; without a wire all have the whole length.',
      dtypes: ['int32'],
      optional: true,
    },
    {
      name: 'initial_h',
      doc: 'First state [directions, batch, hidden], or [batch, directions, hidden] with layout 1; zeros without a wire.',
      dtypes: FLOAT,
      optional: true,
    },
  ];
}

/** Of w and r, [directions, gates*hidden, inputs]: of one gate, as each is a matrix of its own. */
export const recurrentFans =
  (gates: number) =>
  (at: number, [, units = 1, inputs = 1]: readonly number[]): Fans | null =>
    at === 1 || at === 2 ? { in: inputs, out: units / gates } : null;

export const recurrentOutputs: readonly PortSpec[] = [
  {
    name: 'y',
    doc: 'The states of all steps, [seq, directions, batch, hidden]; layout 1: [batch, seq, directions, hidden].',
  },
  { name: 'y_h', doc: 'The last state, [directions, batch, hidden]; layout 1: [batch, directions, hidden].' },
];

export const recurrentAttributes = {
  direction: attr.choice(
    ['forward', 'reverse', 'bidirectional'],
    'forward',
    'From which end sequences are read; bidirectional has weights for each.',
  ),
  hidden_size: attr.int(0, 'Number of units; 0 takes it from r.', { min: 0 }),
  layout: attr.int(0, '0: axis 0 of x is that of the steps; 1: axis 0 is that of the batch.', { min: 0, max: 1 }),
  clip: attr.float(0, 'Limits sums of products before their activation to -clip … clip; 0 is no limit.', { min: 0 }),
};

/** A size an input should have, and the input and axis it comes from. */
type Wanted = readonly [size: Dim, input?: number, axis?: number];

interface LayerShape {
  readonly ctx: InferContext<LayerAttributes & { readonly hidden_size: number }>;
  readonly ports: readonly PortSpec[];
}

function addAxisFix(port: string, shape: Shape): LocalFix {
  const edit = { kind: 'insert-on-wire', port, op: 'Unsqueeze', attributes: { axes: [0] } } as const;
  return { label: `Unsqueeze ${port} to ${printShape([1, ...shape])}`, safety: 'maybe', edit };
}

function transposeFix(port: string): LocalFix {
  const edit = { kind: 'insert-on-wire', port, op: 'Transpose', attributes: { perm: [0, 2, 1] } } as const;
  return { label: `Transpose the matrices of ${port}`, safety: 'maybe', edit };
}

function checkRank({ ctx, ports }: LayerShape, at: number, axes: string, directions: number): Shape {
  const shape = ctx.inputs[at]?.shape ?? [];
  const port = ports[at]?.name ?? '';
  const rank = axes.split(', ').length;
  if (shape.length === rank) return shape;
  const stackable = shape.length === rank - 1 && at > 0 && directions === 1 && axes.startsWith('directions');
  return ctx.fail('shape/rank', {
    title: `${ctx.nameOf(at)} is ${printShape(shape)}, but ${port} has ${rank} axes, [${axes}]`,
    cause:
      at === 0
        ? 'Sequences have an axis of steps, one of the batch and one of features.'
        : 'There is one direction, or two where direction is bidirectional.',
    port,
    fixes: stackable ? [addAxisFix(port, shape)] : [],
  });
}

function checkSizes({ ctx, ports }: LayerShape, at: number, wanted: readonly Wanted[], cause: string): void {
  const shape = ctx.inputs[at]?.shape ?? [];
  const axis = wanted.findIndex(([size], i) => size !== shape[i]);
  const [size, input, from] = wanted[axis] ?? [];
  if (size === undefined) return;
  const port = ports[at]?.name ?? '';
  const sizes = wanted.map(([each]) => each);
  const flipped = sizes.length === 3 && sizes[0] === shape[0] && sizes[1] === shape[2] && sizes[2] === shape[1];
  ctx.fail('shape/mismatch', {
    title: `${ctx.nameOf(at)} is ${printShape(shape)}, but ${port} has to be ${printShape(sizes)}`,
    cause,
    port,
    conflict: [
      ...(input !== undefined && from !== undefined ? ([[input, from]] as const) : []),
      typeof size === 'number' ? [at, axis, size] : [at, axis],
    ],
    fixes: flipped ? [transposeFix(port)] : [],
  });
}

/** The number of steps, which has to be known and not too large. */
function checkSteps({ ctx }: LayerShape, x: Shape, axis: number): number {
  const [steps, other] = [x[axis] ?? 1, x[1 - axis] ?? 1];
  const edit = { kind: 'set-attribute', attribute: 'layout', value: axis === 0 ? 1 : 0 } as const;
  const fixes: LocalFix[] =
    typeof other === 'number' && other <= LONGEST
      ? [{ label: `Set layout to ${edit.value}`, safety: 'maybe', edit }]
      : [];
  const conflict = [[0, axis]] as const;
  if (typeof steps !== 'number') {
    return ctx.fail('shape/symbolic', {
      title: `the number of steps, ${steps}, has to be a number`,
      cause: `Steps are written out one by one. With layout ${ctx.attributes.layout}, axis ${axis} of ${ctx.nameOf(0)} is that of the steps.`,
      port: 'x',
      conflict,
      fixes,
    });
  }
  if (steps <= LONGEST) return steps;
  return ctx.fail('shape/limit', {
    title: `${steps} steps are too many`,
    cause: `Steps are written out one by one, at most ${LONGEST}. With layout ${ctx.attributes.layout}, axis ${axis} of ${ctx.nameOf(0)} is that of the steps. Cut or pool longer sequences first.`,
    port: 'x',
    conflict,
    fixes,
  });
}

/** `gates` is the number of matrices stacked in w and r: 1, 3 or 4; with 4 there is a memory. */
export function inferRecurrent(
  ctx: InferContext<LayerAttributes & { readonly hidden_size: number }>,
  ports: readonly PortSpec[],
  gates: number,
): readonly TensorType[] {
  checkDtypes(ctx, ports);
  const layer = { ctx, ports };
  const { direction, hidden_size, layout } = ctx.attributes;
  const directions = direction === 'bidirectional' ? 2 : 1;
  const states = layout === 1 ? 'batch, directions, hidden' : 'directions, batch, hidden';
  const x = checkRank(layer, 0, layout === 1 ? 'batch, seq, input' : 'seq, batch, input', directions);
  const rows = gates === 1 ? 'hidden' : `${gates}*hidden`;
  checkRank(layer, 1, `directions, ${rows}, input`, directions);
  const r = checkRank(layer, 2, `directions, ${rows}, hidden`, directions);
  const steps = checkSteps(layer, x, layout === 1 ? 1 : 0);
  const batchAxis = layout === 1 ? 0 : 1;
  const batch = x[batchAxis] ?? 1;
  const hidden = r[2] ?? 1;
  if (hidden_size > 0 && hidden !== hidden_size) {
    const edit = { kind: 'set-attribute', attribute: 'hidden_size', value: 0 } as const;
    ctx.fail('shape/mismatch', {
      title: `hidden_size is ${hidden_size}, but ${ctx.nameOf(2)} is ${printShape(r)}`,
      cause: 'The last axis of r is that of the units.',
      attribute: 'hidden_size',
      conflict: [[2, 2, hidden_size]],
      fixes: [{ label: `Take the ${hidden} units of ${ctx.nameOf(2)}`, safety: 'maybe', edit }],
    });
  }
  for (const [input, axis] of [
    [2, 2],
    [0, 2],
  ] as const) {
    const size = ctx.inputs[input]?.shape[axis];
    if (typeof size === 'string') {
      ctx.fail('shape/symbolic', {
        title: `the size ${size} of ${ctx.nameOf(input)} has to be a number`,
        cause: 'Weights have a known number of rows and columns.',
        port: ports[input]?.name,
        conflict: [[input, axis]],
      });
    }
  }
  const gateRows = multiplyDims(gates, hidden);
  const cause = `Here are ${directions === 2 ? 'two directions' : 'one direction'}, ${gates === 1 ? '' : `${gates} gates, `}${hidden} units and ${x[2]} input features.`;
  checkSizes(layer, 2, [[directions], [gateRows, 2, 2], [hidden]], cause);
  checkSizes(layer, 1, [[directions], [gateRows, 2, 2], [x[2] ?? 1, 0, 2]], cause);
  const state: readonly Wanted[] = [[directions], [batch, 0, batchAxis], [hidden, 2, 2]];
  const optional: readonly (readonly [string, readonly Wanted[]])[] = [
    [`directions, 2*${rows}`, [[directions], [multiplyDims(2, gateRows), 2, 2]]],
    ['batch', [[batch, 0, batchAxis]]],
    ...new Array(2).fill([states, layout === 1 ? [state[1], state[0], state[2]] : state]),
    ['directions, 3*hidden', [[directions], [multiplyDims(3, hidden), 2, 2]]],
  ];
  for (const [at, [axes, wanted]] of optional.entries()) {
    if (!ctx.inputs[at + 3]) continue;
    checkRank(layer, at + 3, axes, directions);
    checkSizes(layer, at + 3, wanted, cause);
  }
  const [y, last] =
    layout === 1
      ? [
          [batch, steps, directions, hidden],
          [batch, directions, hidden],
        ]
      : [
          [steps, directions, batch, hidden],
          [directions, batch, hidden],
        ];
  return [tensor('float32', y), tensor('float32', last), ...(gates === 4 ? [tensor('float32', last)] : [])];
}
