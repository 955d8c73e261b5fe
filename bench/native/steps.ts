/**
 * Training steps written by hand in standard operators: an independent check of everybody's losses, and what native
 * ONNX Runtime is timed on while there is no exported step.
 */

import type { ModelName } from '../page/contract.ts';
import { BATCH, CLASSES, LEARNING_RATE, WEIGHTS } from '../page/model.ts';
import { GraphBuilder } from './builder.ts';

type Names = Record<string, string>;

/** Inputs `x`, `y` and each weight; outputs `loss` and `next.<weight>`. */
export function handMadeStep(model: ModelName): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', model === 'mlp' ? [BATCH, 784] : [BATCH, 1, 28, 28]);
  const y = graph.input('y', [BATCH, CLASSES]);
  const weights: Names = {};
  for (const [name, { shape }] of Object.entries(WEIGHTS[model])) weights[name] = graph.input(name, shape);
  const { loss, gradients } = model === 'mlp' ? mlp(graph, weights, x, y) : lenet(graph, weights, x, y);
  graph.output('loss', loss, []);
  const rate = graph.scalar(LEARNING_RATE);
  for (const [name, { shape }] of Object.entries(WEIGHTS[model])) {
    const step = graph.op('Mul', [gradients[name] as string, rate]);
    graph.output(`next.${name}`, graph.op('Sub', [weights[name] as string, step]), shape);
  }
  return graph.bytes();
}

interface Backward {
  readonly loss: string;
  readonly gradients: Names;
}

function mlp(graph: GraphBuilder, weights: Names, x: string, y: string): Backward {
  const { w1, b1, w2, b2 } = weights as Record<'w1' | 'b1' | 'w2' | 'b2', string>;
  const hidden = graph.op('Tanh', [graph.op('Gemm', [x, w1, b1])]);
  const { loss, gradient } = crossEntropy(graph, graph.op('Gemm', [hidden, w2, b2]), y);
  const inner = throughTanh(graph, hidden, graph.op('Gemm', [gradient, w2], { transB: 1 }));
  return {
    loss,
    gradients: {
      w1: graph.op('Gemm', [x, inner], { transA: 1 }),
      b1: sum(graph, inner, [0]),
      w2: graph.op('Gemm', [hidden, gradient], { transA: 1 }),
      b2: sum(graph, gradient, [0]),
    },
  };
}

function lenet(graph: GraphBuilder, weights: Names, x: string, y: string): Backward {
  const { k1, c1, k2, c2, w, b } = weights as Record<'k1' | 'c1' | 'k2' | 'c2' | 'w' | 'b', string>;
  const first = convolve(graph, x, k1, c1);
  const second = convolve(graph, first.pooled, k2, c2);
  const flat = graph.op('Reshape', [second.pooled, graph.ints([BATCH, 192])]);
  const { loss, gradient } = crossEntropy(graph, graph.op('Gemm', [flat, w, b]), y);
  const flatGradient = graph.op('Gemm', [gradient, w], { transB: 1 });
  const pooled2 = graph.op('Reshape', [flatGradient, graph.ints([BATCH, 12, 4, 4])]);
  const inner2 = throughTanh(graph, second.image, throughMaxPool(graph, second, pooled2, [BATCH, 12, 8]));
  const pooled1 = graph.op('ConvTranspose', [inner2, k2]);
  const inner1 = throughTanh(graph, first.image, throughMaxPool(graph, first, pooled1, [BATCH, 8, 24]));
  return {
    loss,
    gradients: {
      k1: filterGradient(graph, x, inner1),
      c1: sum(graph, inner1, [0, 2, 3]),
      k2: filterGradient(graph, first.pooled, inner2),
      c2: sum(graph, inner2, [0, 2, 3]),
      w: graph.op('Gemm', [flat, gradient], { transA: 1 }),
      b: sum(graph, gradient, [0]),
    },
  };
}

interface Layer {
  readonly image: string;
  readonly pooled: string;
}

function convolve(graph: GraphBuilder, x: string, filter: string, bias: string): Layer {
  const image = graph.op('Tanh', [graph.op('Conv', [x, filter, bias])]);
  return { image, pooled: graph.op('MaxPool', [image], { kernel_shape: [2, 2], strides: [2, 2] }) };
}

/** loss = -sum(y log softmax(z)) / batch, d loss / dz = (softmax(z) - y) / batch. */
function crossEntropy(graph: GraphBuilder, logits: string, y: string): { loss: string; gradient: string } {
  const logs = graph.op('LogSoftmax', [logits], { axis: 1 });
  const total = sum(graph, graph.op('Mul', [logs, y]), [0, 1]);
  const difference = graph.op('Sub', [graph.op('Exp', [logs]), y]);
  return {
    loss: graph.op('Mul', [total, graph.scalar(-1 / BATCH)]),
    gradient: graph.op('Mul', [difference, graph.scalar(1 / BATCH)]),
  };
}

/** d tanh(a) / da = 1 - tanh(a)². */
function throughTanh(graph: GraphBuilder, output: string, gradient: string): string {
  const square = graph.op('Mul', [output, output]);
  return graph.op('Mul', [gradient, graph.op('Sub', [graph.scalar(1), square])]);
}

/** Windows do not overlap, so each is two axes of a reshape; equal maxima share the gradient. */
function throughMaxPool(graph: GraphBuilder, layer: Layer, gradient: string, shape: number[]): string {
  const [rows, channels, side] = shape as [number, number, number];
  const half = side / 2;
  const windows = graph.op('Reshape', [layer.image, graph.ints([rows, channels, half, 2, half, 2])]);
  const perWindow = graph.ints([rows, channels, half, 1, half, 1]);
  const maxima = graph.op('Reshape', [layer.pooled, perWindow]);
  const hits = graph.op('Cast', [graph.op('Equal', [windows, maxima])], { to: 1 });
  const ties = graph.op('ReduceSum', [hits, graph.ints([3, 5])], { keepdims: 1 });
  const share = graph.op('Div', [graph.op('Reshape', [gradient, perWindow]), ties]);
  return graph.op('Reshape', [graph.op('Mul', [hits, share]), graph.ints([rows, channels, side, side])]);
}

/** The filter's gradient is a convolution too, with batch and channels swapped. */
function filterGradient(graph: GraphBuilder, x: string, gradient: string): string {
  const swap = { perm: [1, 0, 2, 3] };
  const correlation = graph.op('Conv', [graph.op('Transpose', [x], swap), graph.op('Transpose', [gradient], swap)]);
  return graph.op('Transpose', [correlation], swap);
}

function sum(graph: GraphBuilder, value: string, axes: number[]): string {
  return graph.op('ReduceSum', [value, graph.ints(axes)], { keepdims: 0 });
}
