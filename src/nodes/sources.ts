import { attr, defineOp, type NoGradient, type OpRecord } from '../compiler/op.ts';
import { type DType, tensor, tensorData } from '../compiler/types.ts';
import { dataOps } from './data.ts';
import { parameter } from './parameter.ts';
import { checkShape, vectorFix } from './source-checks.ts';

const SOURCE: NoGradient = { none: 'disconnected', reason: 'A source has no inputs to differentiate.' };

const input = defineOp({
  name: 'Input',
  kind: 'input',
  category: 'Sources',
  glyph: 'x',
  aliases: ['placeholder', 'T.matrix', 'T.vector', 'T.scalar', 'symbolic variable'],
  inputs: [],
  outputs: [{ name: 'value', doc: 'The tensor given when the function is called' }],
  attributes: {
    shape: attr.shape(['batch', 1], 'Sizes; names such as batch stand for sizes known later'),
    dtype: attr.choice(['float32', 'int32', 'bool'], 'float32', 'Element type'),
  },
  infer: (ctx) => {
    checkShape(ctx, true);
    return [tensor(ctx.attributes.dtype as DType, ctx.attributes.shape)];
  },
  gradient: SOURCE,
  doc: { summary: 'A tensor that the caller of the function supplies: Theano’s symbolic variable.', formula: 'x' },
  examples: [],
});

/** Elements: 16 MB. */
const LARGEST_CONSTANT = 2 ** 22;

const constant = defineOp({
  name: 'Constant',
  kind: 'constant',
  category: 'Sources',
  glyph: 'c',
  aliases: ['literal', 'np.array', 'T.constant', 'number'],
  inputs: [],
  outputs: [{ name: 'value', doc: 'The tensor' }],
  attributes: {
    values: attr.floats([1], 'Elements, row-major; a single one fills the whole shape'),
    shape: attr.shape([], 'Sizes; empty is a scalar'),
    dtype: attr.choice(['float32', 'int32', 'bool'], 'float32', 'Element type'),
  },
  infer: (ctx) => {
    checkShape(ctx, false);
    const { shape, values, dtype } = ctx.attributes;
    const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
    if (size > LARGEST_CONSTANT) {
      ctx.fail('attribute/invalid', {
        title: `a constant of shape [${shape.join(', ')}] is too large`,
        cause: `Constants are stored in the graph, with up to ${LARGEST_CONSTANT} elements. Expand stretches a small one.`,
        attribute: 'shape',
      });
    }
    if (values.length !== size && values.length !== 1) {
      ctx.fail('attribute/invalid', {
        title: `${values.length} values for ${size} elements`,
        cause: `The shape [${shape.join(', ')}] needs ${size} values, or one that fills it.`,
        attribute: 'values',
        fixes: vectorFix(values),
      });
    }
    return [tensor(dtype as DType, shape)];
  },
  constant: ({ values, shape, dtype }) => {
    const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
    const all = values.length === size ? values : new Array<number>(size).fill(values[0] ?? 0);
    return tensorData(dtype as DType, shape as readonly number[], all);
  },
  gradient: SOURCE,
  doc: { summary: 'A tensor of fixed values.', formula: 'c' },
  examples: [],
});

export const sourceOps: readonly OpRecord[] = [...dataOps, parameter, input, constant];
