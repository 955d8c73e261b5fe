/**
 * The kernels that convolutions run on. WebGPU has them for one and two spatial axes, and ungrouped ones for volumes; in
 * others the first spatial axis is folded away: its taps become channels of images of one axis less.
 */
import type { Builder } from '../compiler/builder.ts';
import { multiplyDims } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { tensorData } from '../compiler/types.ts';
import { explicitAttributes, positions, splitImage, type Window } from './windows.ts';

/** The window along all spatial axes but the first. */
function behind({ kernel, strides, dilations, begin, end }: Window): Window {
  return {
    kernel: kernel.slice(1),
    strides: strides.slice(1),
    dilations: dilations.slice(1),
    begin: begin.slice(1),
    end: end.slice(1),
  };
}

const area = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);

const ofChannels = (b: Builder, bias: Value, rank: number) =>
  b.reshape(bias, [bias.type.shape[0] ?? 1, ...new Array<number>(rank).fill(1)]);

/** Conv on operands whose window is resolved. */
export function convolutionKernel(
  b: Builder,
  x: Value,
  w: Value,
  bias: Value | null,
  window: Window,
  group: number,
): Value {
  const [batch, channels, [depth = 1, ...rest]] = splitImage(x.type.shape);
  if (rest.length < 2 || (rest.length === 2 && group === 1)) {
    return b.emit('Conv', [x, w, bias], { ...explicitAttributes(window), group });
  }
  const [filters, perGroup, [taps = 1, ...kernel]] = splitImage(w.type.shape);
  const [stride = 1, dilation = 1, count] = [window.strides[0], window.dilations[0], positions(depth, window, 0)];
  const indices = Array.from(
    { length: count * taps },
    (_, at) => Math.floor(at / taps) * stride + (at % taps) * dilation,
  );
  const [before = 0, after = 0] = [window.begin[0], window.end[0]];
  const none = rest.map(() => 0);
  const padded = before + after > 0 ? b.emit('Pad', [x], { pads: [0, 0, before, ...none, 0, 0, after, ...none] }) : x;
  const gathered = b.emit('Gather', [padded, b.constant(tensorData('int32', [indices.length], indices))], { axis: 2 });
  const split = b.reshape(gathered, [batch, channels, count, taps * area(rest)]);
  const images = b.reshape(b.transpose(split, [0, 2, 1, 3]), [
    multiplyDims(batch, count),
    multiplyDims(channels, taps),
    ...rest,
  ]);
  const kernels = b.reshape(w, [filters, multiplyDims(perGroup, taps), ...kernel]);
  const y = convolutionKernel(b, images, kernels, bias, behind(window), group);
  const [, , out] = splitImage(y.type.shape);
  const layers = b.transpose(b.reshape(y, [batch, count, filters, area(out)]), [0, 2, 1, 3]);
  return b.reshape(layers, [batch, filters, count, ...out]);
}

/** ConvTranspose on operands whose window is resolved. Layers that overlap are added by a matrix of zeros and ones. */
export function transposedKernel(
  b: Builder,
  x: Value,
  w: Value,
  bias: Value | null,
  window: Window,
  outputPadding: readonly number[],
  group: number,
): Value {
  const [batch, channels, [count = 1, ...rest]] = splitImage(x.type.shape);
  if (rest.length < 2) {
    const attributes = { ...explicitAttributes(window), output_padding: outputPadding, group };
    return b.emit('ConvTranspose', [x, w, bias], attributes);
  }
  const [, perGroup, [taps = 1, ...kernel]] = splitImage(w.type.shape);
  const filters = multiplyDims(perGroup, group);
  const layers = b.transpose(b.reshape(x, [batch, channels, count, area(rest)]), [0, 2, 1, 3]);
  const images = b.reshape(layers, [multiplyDims(batch, count), channels, ...rest]);
  const kernels = b.reshape(w, [channels, multiplyDims(perGroup, taps), ...kernel]);
  const painted = transposedKernel(b, images, kernels, null, behind(window), outputPadding.slice(1), group);
  const [, , out] = splitImage(painted.type.shape);
  const split = b.reshape(painted, [batch, count, filters, taps * area(out)]);
  const columns = b.reshape(b.transpose(split, [0, 2, 1, 3]), [multiplyDims(batch, filters), count * taps, area(out)]);

  const [stride = 1, dilation = 1, before = 0, after = 0] = [
    window.strides[0],
    window.dilations[0],
    window.begin[0],
    window.end[0],
  ];
  const depth = stride * (count - 1) + dilation * (taps - 1) + 1 + (outputPadding[0] ?? 0) - before - after;
  const places = new Array<number>(depth * count * taps).fill(0);
  for (let at = 0; at < count * taps; at++) {
    const layer = Math.floor(at / taps) * stride + (at % taps) * dilation - before;
    if (layer >= 0 && layer < depth) places[layer * count * taps + at] = 1;
  }
  const matrix = b.constant(tensorData('float32', [depth, count * taps], places));
  const y = b.reshape(b.matMul(matrix, columns), [batch, filters, depth, ...out]);
  return bias ? b.add(y, ofChannels(b, bias, out.length + 1)) : y;
}
