/** What both convolutions check of their operands. */
import { type Dim, divideDims } from '../compiler/dims.ts';
import { attr, type InferContext, type LocalFix } from '../compiler/op.ts';
import { printShape } from '../compiler/types.ts';
import { checkDtypes } from './common.ts';
import {
  checkImage,
  checkSpatial,
  checkWindowAttributes,
  dilationsAttribute,
  type WindowAttributes,
  windowAttributes,
} from './windows.ts';

export const convolutionAttributes = {
  kernel_shape: attr.ints([], 'Size of the kernels; empty takes it from w.', { min: 1 }),
  ...windowAttributes,
  dilations: dilationsAttribute,
  group: attr.int(1, 'Channels are split into so many groups that do not mix.', { min: 1 }),
};

export interface ConvolutionAttributes extends WindowAttributes {
  readonly group: number;
}

/**
 * Checks what both convolutions need of x [N, C, ...size], w of the same rank, and an optional bias of one value a channel
 * of the result. `inChannels` is the size w gives for C and the axis it comes from.
 */
export function checkOperands(ctx: InferContext<ConvolutionAttributes>, ports: Parameters<typeof checkDtypes>[1]) {
  const [x, w] = checkDtypes(ctx, ports);
  if (!x || !w) throw new Error('A convolution without operands');
  const [batch, channels, spatial] = checkImage(ctx, x);
  if (w.shape.length !== x.shape.length) {
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(1)} has ${w.shape.length} axes and ${ctx.nameOf(0)} ${x.shape.length}`,
      cause: `Kernels for ${spatial.length} spatial axes have the shape ${printShape(['channels', 'channels', ...spatial.map(() => 'k')])}.`,
      port: 'w',
    });
  }
  const kernel = checkSpatial(ctx, w.shape, 1);
  const { kernel_shape: given, group } = ctx.attributes;
  if (given.length > 0 && (given.length !== kernel.length || given.some((size, axis) => size !== kernel[axis]))) {
    ctx.fail('attribute/invalid', {
      title: `kernel_shape is ${given.join('×')}, but ${ctx.nameOf(1)} holds kernels of ${kernel.join('×')}`,
      attribute: 'kernel_shape',
      fixes: [
        {
          label: `Take the size from ${ctx.nameOf(1)}`,
          safety: 'safe',
          edit: { kind: 'set-attribute', attribute: 'kernel_shape', value: [] },
        },
      ],
    });
  }
  checkWindowAttributes(ctx, spatial, kernel);
  if (!Number.isInteger(group) || group < 1) {
    ctx.fail('attribute/invalid', { title: `group is ${group}`, attribute: 'group' });
  }
  return { x: x.shape, w: w.shape, batch, channels, spatial, kernel };
}

export function checkGroups(ctx: InferContext<ConvolutionAttributes>, dim: Dim, input: number, axis: number): Dim {
  const part = divideDims(dim, ctx.attributes.group);
  if (part !== null) return part;
  return ctx.fail('attribute/invalid', {
    title: `${dim} channels do not split into ${ctx.attributes.group} groups`,
    attribute: 'group',
    conflict: [[input, axis]],
    fixes: [{ label: 'Use one group', safety: 'maybe', edit: { kind: 'set-attribute', attribute: 'group', value: 1 } }],
  });
}

/** A size as the one an input should have, where it is a number. */
export const wanted = (dim: Dim | null): [number] | [] => (typeof dim === 'number' ? [dim] : []);

export function checkBias(ctx: InferContext<unknown>, filters: Dim): void {
  const bias = ctx.inputs[2]?.shape;
  if (!bias || (bias.length === 1 && bias[0] === filters)) return;
  ctx.fail('shape/mismatch', {
    title: `the bias ${printShape(bias)} has to be ${printShape([filters])}, one value a filter`,
    cause: 'A bias is one number for each filter, added wherever the filter lies.',
    port: 'b',
    conflict: bias.length === 1 ? [[2, 0, ...wanted(filters)]] : [],
  });
}

export function groupFix(channels: Dim, perGroup: Dim, filters: Dim): LocalFix[] {
  const group = divideDims(channels, perGroup);
  if (typeof group !== 'number' || group < 1 || divideDims(filters, group) === null) return [];
  const edit = { kind: 'set-attribute', attribute: 'group', value: group } as const;
  return [{ label: `Split into ${group} groups`, safety: 'maybe', edit }];
}
