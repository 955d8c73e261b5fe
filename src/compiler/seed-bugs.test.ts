/**
 * Mistakes that people really make. The first group is taken from the Theano tutorials, whose listings contain them; the
 * second is what PyTorch and ONNX Runtime say of too late, or in terms of something else than what was written.
 */
import { expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { check, compile } from './compile.ts';
import type { Severity } from './diagnostics.ts';
import type { LanguageOptions } from './document.ts';

type DrawnNode = Parameters<typeof drawing>[0][string];

interface Bug {
  /** What was written. */
  readonly of: string;
  readonly graph: Readonly<Record<string, DrawnNode>>;
  readonly options?: Partial<LanguageOptions>;
  /** The one thing that is said, besides what is not listed here because it is a notice. */
  readonly title: string;
  readonly code: string;
  readonly severity?: Severity;
  readonly fixes?: readonly string[];
  /** Nodes that wait for it. */
  readonly blocked?: readonly string[];
}

const data: Readonly<Record<string, DrawnNode>> = { digits: ['Data'] };
const W: DrawnNode = ['Parameter', {}, { shape: [64, 10] }];
const b: DrawnNode = ['Parameter', {}, { shape: [10] }];
const scores: Readonly<Record<string, DrawnNode>> = {
  ...data,
  W,
  b,
  scores: ['Gemm', { a: 'digits:x', b: 'W', c: 'b' }],
};
const probabilities: Readonly<Record<string, DrawnNode>> = { ...scores, p: ['Softmax', { x: 'scores' }] };
const loss: DrawnNode = ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }];
const sgd: DrawnNode = ['SGD', { cost: 'loss' }];
const oneHot: DrawnNode = ['OneHot', { indices: 'digits:y' }, { depth: 10 }];

const THEANO: readonly Bug[] = [
  {
    of: 'cost = NLL + lambda_2 * L2, where the variable is L2_sqr',
    graph: {
      ...scores,
      loss,
      L2_sqr: ['ReduceSumSquare', { x: 'W' }],
      lambda: ['Constant', {}, { values: [0.001] }],
      penalty: ['Mul', { a: 'lambda', b: 'L2:y' }],
      total: ['Add', { a: 'loss', b: 'penalty' }],
      sgd: ['SGD', { cost: 'total' }],
    },
    code: 'document/dangling-edge',
    title: 'penalty: there is no “L2” to wire to “b”. Did you mean “L2_sqr”?',
    fixes: ['Start the wire at L2_sqr', 'Remove the wire'],
    blocked: ['total', 'sgd'],
  },
  {
    of: 'lambda_2 * L2 where nothing has a name like lambda_2',
    graph: {
      ...data,
      L2: ['ReduceSumSquare', { x: 'digits:x' }],
      penalty: ['Mul', { a: 'lambda_2:value', b: 'L2' }],
    },
    code: 'document/dangling-edge',
    title: 'penalty: there is no “lambda_2” to wire to “a”',
    fixes: ['Remove the wire'],
  },
  {
    of: 'T.argmax(y_pred) over the examples instead of the classes',
    graph: {
      ...probabilities,
      loss,
      sgd,
      y_pred: ['ArgMax', { x: 'p' }, { axis: 0 }],
      predicted: ['Output', { value: 'y_pred' }],
    },
    code: 'value/batch-axis',
    severity: 'warning',
    title: 'y_pred: axis 0 is the batch axis, so ArgMax compares the rows with each other',
    fixes: ['Take the last axis'],
  },
  {
    of: '[(params, params - lr * grads)] with params a list: one update for parameters of several shapes',
    graph: {
      ...scores,
      loss,
      grads: ['Grad', { cost: 'loss', 'wrt.0': 'W', 'wrt.1': 'b' }],
      step: ['Sub', { a: 'W', b: 'grads:gradient.0' }],
      b: ['Parameter', { update: 'step' }, { shape: [10] }],
    },
    code: 'update/type',
    title: 'b is f32[10], but its update step is f32[64,10]',
  },
  {
    of: 'the input of MSGD, not used because the data set is given',
    graph: { ...scores, loss, sgd, x: ['Input', {}, { shape: ['batch', 64] }] },
    code: 'graph/unused',
    severity: 'warning',
    title: 'Nothing uses x',
    fixes: ['Remove x'],
  },
  {
    of: 'sqrt(-6 / (n_in + n_hidden))',
    graph: {
      ...scores,
      loss,
      sgd,
      six: ['Constant', {}, { values: [-6] }],
      n_in: ['Constant', {}, { values: [64] }],
      n_hidden: ['Constant', {}, { values: [10] }],
      n: ['Add', { a: 'n_in', b: 'n_hidden' }],
      ratio: ['Div', { a: 'six', b: 'n' }],
      bound: ['Sqrt', { x: 'ratio' }],
      out: ['Output', { value: 'bound' }],
    },
    code: 'value/not-finite',
    severity: 'warning',
    title: 'bound is the square root of a negative number, whatever the data',
    fixes: ['Negate ratio'],
  },
  {
    of: 'patience / 2 = 2.5 as a count',
    graph: { ...data, hot: ['OneHot', { indices: 'digits:y' }, { depth: 2.5 }] },
    code: 'attribute/invalid',
    title: 'hot: depth has to be a whole number',
    fixes: ['Set depth to 3', 'Set depth to 10'],
  },
  {
    of: 'an image of 639 × 516 reshaped to (1, 3, 516, 636): height and width',
    graph: {
      image: ['Input', {}, { shape: [639, 516, 3] }],
      channels: ['Transpose', { x: 'image' }, { perm: [2, 0, 1] }],
      batch: ['Reshape', { x: 'channels' }, { shape: [1, 3, 516, 636] }],
      out: ['Output', { value: 'batch' }],
    },
    code: 'shape/reshape',
    title: 'batch: [3, 639, 516] has 989172 elements, [1, 3, 516, 636] has 984528',
    fixes: ['Set shape to [1, 3, 516, 639]'],
    blocked: ['out'],
  },
  {
    of: 'outputs=cost_func where the variable is cost',
    graph: { ...scores, cost: loss, sgd: ['SGD', { cost: 'cost_func:loss' }] },
    code: 'document/dangling-edge',
    title: 'sgd: there is no “cost_func” to wire to “cost”. Did you mean “cost”?',
    fixes: ['Start the wire at cost', 'Remove the wire'],
  },
  {
    of: "zeros(…, dtype='float64') on a device of float32",
    graph: {
      ...data,
      W: ['Constant', {}, { shape: [64, 10], dtype: 'float64' }],
      z: ['MatMul', { a: 'digits:x', b: 'W' }],
    },
    code: 'attribute/invalid',
    title: 'W: dtype has to be one of float32, int32, bool. Did you mean “float32”?',
    fixes: ['Set dtype to "float32"'],
    blocked: ['z'],
  },
  {
    of: 'the cost -log(y_i), one for every example',
    graph: {
      ...probabilities,
      log: ['Log', { x: 'p' }],
      loss: ['Neg', { x: 'log' }],
      sgd,
    },
    code: 'gradient/not-scalar',
    title: 'sgd: loss is f32[batch,10], not a single number',
    fixes: ['Take the mean', 'Take the sum'],
  },
  {
    of: 'a loss without its minus sign',
    graph: {
      ...probabilities,
      y: oneHot,
      log: ['Log', { x: 'p' }],
      right: ['Mul', { a: 'y', b: 'log' }],
      loss: ['ReduceMean', { x: 'right' }],
      sgd,
    },
    code: 'cost/sign',
    severity: 'warning',
    title: 'loss is never above 0: a minus is missing',
    fixes: ['Negate loss'],
  },
  {
    of: 'y*log(p) + (1-y)*log(1-p) without a minus, minimized by W - lr * T.grad(cost, W)',
    graph: {
      ...data,
      W: ['Parameter', { update: 'next' }, { shape: [64, 10] }],
      z: ['MatMul', { a: 'digits:x', b: 'W' }],
      p: ['Sigmoid', { x: 'z' }],
      y: oneHot,
      one: ['Constant'],
      q: ['Sub', { a: 'one', b: 'p' }],
      not_y: ['Sub', { a: 'one', b: 'y' }],
      log_p: ['Log', { x: 'p' }],
      log_q: ['Log', { x: 'q' }],
      hit: ['Mul', { a: 'y', b: 'log_p' }],
      miss: ['Mul', { a: 'not_y', b: 'log_q' }],
      both: ['Add', { a: 'hit', b: 'miss' }],
      loss: ['ReduceMean', { x: 'both' }],
      g_w: ['Grad', { cost: 'loss', 'wrt.0': 'W' }],
      lr: ['Constant', {}, { values: [0.1] }],
      step: ['Mul', { a: 'lr', b: 'g_w' }],
      next: ['Sub', { a: 'W', b: 'step' }],
    },
    code: 'cost/sign',
    severity: 'warning',
    title: 'loss is never above 0: a minus is missing',
    fixes: ['Negate loss'],
  },
  {
    of: 'W + lr * T.grad(cost, W): the wrong way',
    graph: {
      ...scores,
      W: ['Parameter', { update: 'next' }, { shape: [64, 10] }],
      loss,
      g_w: ['Grad', { cost: 'loss', 'wrt.0': 'W' }],
      next: ['Add', { a: 'W', b: 'g_w' }],
    },
    code: 'cost/sign',
    severity: 'warning',
    title: 'next adds the gradient of loss: loss grows with every step',
    fixes: ['Subtract it'],
  },
  {
    of: 'a cost without a reduction, so that T.grad refuses it',
    graph: {
      ...scores,
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }, { reduction: 'none' }],
      g_w: ['Grad', { cost: 'loss', 'wrt.0': 'W' }],
      out: ['Output', { value: 'g_w' }],
    },
    code: 'gradient/not-scalar',
    title: 'g_w: loss is f32[batch], not a single number',
    fixes: ['Take the mean', 'Take the sum'],
    blocked: ['out'],
  },
  {
    of: 'the empty section of gradients: W is updated by g_w, which nobody computed',
    graph: {
      ...scores,
      loss,
      step: ['Sub', { a: 'W', b: 'g_w:gradient.0' }],
      out: ['Output', { value: 'step' }],
    },
    code: 'document/dangling-edge',
    title: 'step: there is no “g_w” to wire to “b”',
    blocked: ['out'],
  },
  {
    of: 'T.grad(cost) with respect to nothing',
    graph: { ...scores, loss, g: ['Grad', { cost: 'loss' }] },
    code: 'graph/missing-input',
    title: 'g: nothing is wired to “wrt”',
  },
  {
    of: 'theano.shared(w, floatx)',
    graph: {
      ...scores,
      W: ['Parameter', {}, { shape: [64, 10], floatx: 'float32' }],
      loss,
      sgd,
    },
    code: 'attribute/unknown',
    severity: 'warning',
    title: 'W: Parameter has no attribute “floatx”',
    fixes: ['Remove floatx'],
  },
  {
    of: 'theano.function(input=…, output=…): names of arguments that do not exist',
    graph: { ...data, h: ['Tanh', { input: 'digits:x' }], out: ['Output', { value: 'h' }] },
    code: 'document/dangling-edge',
    title: 'h: Tanh has no input “input”. Did you mean “x”?',
    fixes: ['End the wire at “x”', 'Remove the wire'],
    blocked: ['out'],
  },
  {
    of: 'theano.funtion: a misspelled name',
    graph: { ...data, h: ['Tahn', { x: 'digits:x' }], out: ['Output', { value: 'h' }] },
    code: 'graph/unknown-operator',
    title: 'h: there is no operator “Tahn”. Did you mean “Tanh”?',
    fixes: ['Make it Tanh', 'Remove the node'],
    blocked: ['out'],
  },
  {
    of: 'softmax with binary cross-entropy, from parts',
    graph: {
      ...probabilities,
      y: oneHot,
      one: ['Constant'],
      q: ['Sub', { a: 'one', b: 'p' }],
      not_y: ['Sub', { a: 'one', b: 'y' }],
      log_q: ['Log', { x: 'q' }],
      miss: ['Mul', { a: 'not_y', b: 'log_q' }],
      mean: ['ReduceMean', { x: 'miss' }],
      loss: ['Neg', { x: 'mean' }],
      sgd,
    },
    code: 'loss/logits',
    severity: 'warning',
    title: 'Softmax with binary cross-entropy: log_q takes each of 10 classes of p for itself',
    fixes: ['Make p a Sigmoid'],
  },
  {
    of: 'softmax with binary cross-entropy, ready made',
    graph: {
      ...probabilities,
      y: oneHot,
      loss: ['BinaryCrossEntropyWithLogits', { logits: 'p', targets: 'y' }],
      sgd,
    },
    code: 'loss/logits',
    severity: 'warning',
    title: 'loss takes each of 10 classes for itself, but p shares one probability among them',
    fixes: ['Take the wire before p'],
  },
  {
    of: 'T.dot(W, X) + B with examples in rows',
    graph: {
      ...data,
      W,
      b,
      dot: ['MatMul', { a: 'W', b: 'digits:x' }],
      sum: ['Add', { a: 'dot', b: 'b' }],
      p: ['Softmax', { x: 'sum' }],
    },
    code: 'shape/matmul',
    title: 'dot: W [64, 10] × digits [batch, 64]: inner sizes 10 and batch differ',
    fixes: ['Swap: digits × W'],
    blocked: ['sum', 'p'],
  },
  {
    of: 'T.dot(W, X) + B with a weight of (units, features)',
    graph: {
      ...data,
      W: ['Parameter', {}, { shape: [10, 64] }],
      dot: ['MatMul', { a: 'W', b: 'digits:x' }],
    },
    code: 'shape/matmul',
    title: 'dot: W [10, 64] × digits [batch, 64]: inner sizes 64 and batch differ',
    fixes: ['Swap: digits × W transposed', 'Transpose b'],
  },
  {
    of: 'the bias of that layout: columns are examples',
    graph: {
      ...data,
      W: ['Parameter', {}, { shape: [10, 64] }],
      b,
      X: ['Transpose', { x: 'digits:x' }],
      dot: ['MatMul', { a: 'W', b: 'X' }],
      sum: ['Add', { a: 'dot', b: 'b' }],
    },
    code: 'shape/broadcast',
    title: 'sum: dot [10, batch] and b [10] do not broadcast',
    fixes: ['Unsqueeze b to [10, 1]'],
  },
  {
    of: 'the riddle np.array([1, 2]) + np.ones((3, 1)), where both may not be stretched',
    graph: {
      x: ['Constant', {}, { values: [1, 2], shape: [2] }],
      ones: ['Constant', {}, { shape: [3, 1] }],
      sum: ['Add', { a: 'x', b: 'ones' }],
      out: ['Output', { value: 'sum' }],
    },
    options: { broadcast: 'one-sided' },
    code: 'shape/stretched',
    title: 'sum: [2] and [3, 1] → [3, 2]: both shapes would be stretched',
    blocked: ['out'],
  },
];

const OTHERS: readonly Bug[] = [
  {
    of: 'an optimizer of a parameter whose name is misspelled',
    graph: {
      ...scores,
      weights: W,
      scores: ['Gemm', { a: 'digits:x', b: 'weights', c: 'b' }],
      loss,
      W,
      sgd: ['SGD', { cost: 'loss' }, { parameters: ['wieghts'] }],
      out: ['Output', { value: 'W' }],
    },
    code: 'gradient/disconnected',
    title: 'sgd: there is no parameter “wieghts”. Did you mean “weights”?',
    fixes: ['Train weights', 'Leave wieghts out'],
  },
  {
    of: 'an update with rows and columns exchanged',
    graph: {
      ...scores,
      W: ['Parameter', { update: 'turned' }, { shape: [64, 10] }],
      loss,
      turned: ['Transpose', { x: 'W' }],
      sgd,
    },
    code: 'update/type',
    title: 'W is f32[64,10], but its update turned is f32[10,64]',
    fixes: ['Transpose the update'],
  },
  {
    of: 'a mean over an axis that is not there',
    graph: { ...data, mean: ['ReduceMean', { x: 'digits:x' }, { axes: [2] }] },
    code: 'shape/axis',
    title: 'mean: axis 2 lies outside [batch, 64]',
    fixes: ['Take the last axis'],
  },
  {
    of: 'a size called bacth',
    graph: {
      x: ['Input', {}, { shape: ['bacth', 4] }],
      W: ['Parameter', {}, { shape: [4, 1] }],
      y: ['MatMul', { a: 'x', b: 'W' }],
      loss: ['ReduceSumSquare', { x: 'y' }],
      sgd,
    },
    code: 'shape/symbolic',
    title: 'x is f32[bacth,4]: in training the size bacth is not known',
  },
  {
    of: 'mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)',
    graph: {
      x: ['Input', {}, { shape: [2, 3] }],
      W: ['Parameter', {}, { shape: [4, 5] }],
      y: ['MatMul', { a: 'x', b: 'W' }],
    },
    code: 'shape/matmul',
    title: 'y: x [2, 3] × W [4, 5]: inner sizes 3 and 4 differ',
    fixes: ['Change x to [2, 4]', 'Change W to [3, 5]'],
  },
  {
    of: 'F.linear(8x784, W 10x700), reported as (8x784 and 700x10)',
    graph: {
      x: ['Input', {}, { shape: [8, 784] }],
      W: ['Parameter', {}, { shape: [10, 700] }],
      y: ['Gemm', { a: 'x', b: 'W' }, { transB: true }],
    },
    code: 'shape/matmul',
    title: 'y: x [8, 784] × W [10, 700]ᵀ: inner sizes 784 and 700 differ',
    fixes: ['Change x to [8, 700]', 'Change W to [10, 784]'],
  },
  {
    of: 'The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1',
    graph: {
      x: ['Input', {}, { shape: [2, 3] }],
      c: ['Constant', {}, { shape: [2, 4] }],
      y: ['Add', { a: 'x', b: 'c' }],
    },
    code: 'shape/broadcast',
    title: 'y: x [2, 3] and c [2, 4] do not broadcast',
    fixes: ['Change x to [2, 4]', 'Change c to [2, 3]'],
  },
  {
    of: 'expected scalar type Long but found Float',
    graph: {
      ...scores,
      labels: ['Input', {}, { shape: ['batch'] }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'labels' }],
      sgd,
    },
    code: 'type/dtype',
    title: 'loss: labels is float32, but labels are class numbers, int32',
    fixes: ['Cast to int32'],
    blocked: ['sgd'],
  },
  {
    of: 'multi-target not supported: one-hot labels for a loss of class numbers',
    graph: { ...scores, hot: oneHot, loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'hot' }], sgd },
    code: 'type/dtype',
    title: 'loss: hot is f32[batch,10], rows as long as the scores, but labels are class numbers',
    fixes: ['Take the class of each row: ArgMax'],
    blocked: ['sgd'],
  },
  {
    of: 'Target 9 is out of bounds.',
    graph: { ...scores, W: ['Parameter', {}, { shape: [64, 9] }], b: ['Parameter', {}, { shape: [9] }], loss, sgd },
    code: 'data/labels',
    title: 'loss: digits goes up to 9, but scores has 9 classes',
    fixes: ['Change W to [64, 10]'],
    blocked: ['sgd'],
  },
  {
    of: 'One of the differentiated Tensors appears to not have been used in the graph',
    graph: {
      ...scores,
      other: ['Parameter', {}, { shape: [3] }],
      loss,
      g: ['Grad', { cost: 'loss', 'wrt.0': 'other' }],
      out: ['Output', { value: 'g' }],
    },
    code: 'gradient/disconnected',
    title: 'loss does not depend on other',
  },
  {
    of: 'element 0 of tensors does not require grad: the cost passes ArgMax',
    graph: {
      ...scores,
      best: ['ArgMax', { x: 'scores' }],
      float: ['Cast', { x: 'best' }],
      loss: ['ReduceMean', { x: 'float' }],
      g: ['Grad', { cost: 'loss', 'wrt.0': 'W' }],
      out: ['Output', { value: 'g' }],
    },
    code: 'gradient/disconnected',
    title: 'loss depends on W only through best, which passes no gradient',
  },
  {
    of: 'grad can be implicitly created only for scalar outputs',
    graph: { ...scores, sgd: ['SGD', { cost: 'scores' }] },
    code: 'gradient/not-scalar',
    title: 'sgd: scores is f32[batch,10], not a single number',
    fixes: ['Take the mean', 'Take the sum'],
  },
  {
    of: 'Type parameter (T) of Optype (Add) bound to different types (tensor(float) and tensor(int64))',
    graph: {
      ...data,
      hot: ['ArgMax', { x: 'digits:x' }],
      sum: ['Add', { a: 'hot', b: 'offset' }],
      offset: ['Constant'],
    },
    code: 'type/dtype',
    title: 'sum: hot is int32, but offset is float32',
    fixes: ['Cast to float32'],
  },
  {
    of: 'Log([0, -1]) is -Inf and NaN in silence',
    graph: {
      ...scores,
      loss,
      sgd,
      c: ['Constant', {}, { values: [0, -1], shape: [2] }],
      log: ['Log', { x: 'c' }],
      out: ['Output', { value: 'log' }],
    },
    code: 'value/not-finite',
    severity: 'warning',
    title: 'log is the logarithm of a negative number, whatever the data',
    fixes: ['Negate c', 'Keep c above 0'],
  },
  {
    of: 'nn.NLLLoss after Softmax instead of LogSoftmax',
    graph: {
      ...probabilities,
      loss: ['NegativeLogLikelihoodLoss', { logProbabilities: 'p', labels: 'digits:y' }],
      sgd,
    },
    code: 'loss/logits',
    severity: 'warning',
    title: 'loss takes logarithms of probabilities, but p gives probabilities',
    fixes: ['Make p a LogSoftmax', 'Take the logarithm of p'],
  },
  {
    of: 'nn.NLLLoss of scores',
    graph: {
      ...scores,
      loss: ['NegativeLogLikelihoodLoss', { logProbabilities: 'scores', labels: 'digits:y' }],
      sgd,
    },
    code: 'loss/logits',
    severity: 'warning',
    title: 'loss takes logarithms of probabilities, but scores gives scores',
    fixes: ['Put LogSoftmax before loss'],
  },
  {
    of: 'nn.CrossEntropyLoss after Softmax',
    graph: { ...probabilities, loss: ['SoftmaxCrossEntropyLoss', { logits: 'p', labels: 'digits:y' }], sgd },
    code: 'loss/logits',
    severity: 'warning',
    title: 'loss takes scores and applies Softmax itself, but p gives probabilities',
    fixes: ['Take the wire before p'],
  },
  {
    of: 'Using a target size ([64]) that is different to the input size ([64, 1])',
    graph: {
      line: ['Data', {}, { dataset: 'line' }],
      flat: ['Squeeze', { x: 'line:y' }, { axes: [1] }],
      loss: ['MeanSquaredError', { prediction: 'line:x', target: 'flat' }],
    },
    code: 'shape/mismatch',
    title: 'loss: prediction is [batch, 1], but target is [batch]',
    fixes: ['Reshape prediction to [batch]', 'Reshape target to [batch, 1]'],
  },
  {
    of: "shape '[64, 100]' is invalid for input of size 4096",
    graph: { ...data, rows: ['Reshape', { x: 'digits:x' }, { shape: [0, 100] }] },
    code: 'shape/reshape',
    title: 'rows: [batch, 64] has 64*batch elements, [batch, 100] has 100*batch',
    fixes: ['Set shape to [0, 64]'],
  },
  {
    of: 'Dimension out of range (expected to be in range of [-2, 1], but got 2)',
    graph: { ...data, p: ['Softmax', { x: 'digits:x' }, { axis: 2 }] },
    code: 'shape/axis',
    title: 'p: axis 2 lies outside [batch, 64]',
    fixes: ['Take the last axis'],
  },
];

test.each([...THEANO, ...OTHERS])('$of', ({ graph, options, code, title, severity = 'error', fixes, blocked }) => {
  const document = drawing(graph, { options });
  const result = check(document, registry);
  const said = result.diagnostics.filter((found) => found.severity !== 'notice' && found.code !== 'data/none');
  expect(said.map((found) => [found.severity, found.code, found.title])).toEqual([[severity, code, title]]);
  if (fixes) expect(said[0]?.fixes.map(({ label }) => label)).toEqual(fixes);
  if (blocked) expect([...result.blocked]).toEqual(blocked);
  expect(compile(document, registry).plan === null).toBe(severity === 'error');
});

const riddle: Readonly<Record<string, DrawnNode>> = {
  x: ['Constant', {}, { values: [1, 2], shape: [2] }],
  ones: ['Constant', {}, { shape: [3, 1] }],
  sum: ['Add', { a: 'x', b: 'ones' }],
  out: ['Output', { value: 'sum' }],
};

test('the riddle is shown where it is allowed', () => {
  const { diagnostics, badges, types } = check(drawing(riddle), registry);
  expect(diagnostics.filter(({ severity }) => severity !== 'notice')).toEqual([]);
  expect(types.get('sum:y')?.shape).toEqual([3, 2]);
  expect([...badges]).toEqual([['sum', [{ kind: 'broadcast', text: '[2] and [3, 1] → [3, 2]' }]]]);
});

test.each(['one-sided', 'same-rank'] as const)('the riddle is an error where broadcasting is %s', (broadcast) => {
  const { diagnostics } = check(drawing(riddle, { options: { broadcast } }), registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'shape/stretched',
  ]);
});

test('a bias is refused only where ranks have to agree', () => {
  const codes = (['any', 'one-sided', 'same-rank'] as const).map((broadcast) => {
    const graph: Readonly<Record<string, DrawnNode>> = {
      ...data,
      c: ['Parameter', {}, { shape: [64] }],
      sum: ['Add', { a: 'digits:x', b: 'c' }],
    };
    return check(drawing(graph, { options: { broadcast } }), registry).diagnostics.flatMap(({ severity, code }) =>
      severity === 'error' ? [code] : [],
    );
  });
  expect(codes).toEqual([[], [], ['shape/stretched']]);
});

test.each<[string, Readonly<Record<string, DrawnNode>>, string]>([
  [
    'stacks of a product',
    {
      a: ['Input', {}, { shape: [4, 1, 2, 3] }],
      b: ['Input', {}, { shape: [5, 3, 2] }],
      y: ['MatMul', { a: 'a', b: 'b' }],
    },
    'broadcast: [4, 1] and [5] → [4, 5]',
  ],
  [
    'a column as bias of Gemm',
    {
      a: ['Input', {}, { shape: [4, 3] }],
      b: ['Input', {}, { shape: [3, 2] }],
      c: ['Input', {}, { shape: [4, 1] }],
      y: ['Gemm', { a: 'a', b: 'b', c: 'c' }],
    },
    'broadcast: [4, 2] and [4, 1] → [4, 2]',
  ],
  [
    'a slope for each column',
    { a: ['Input', {}, { shape: [4, 3] }], s: ['Parameter', {}, { shape: [3] }], y: ['PRelu', { x: 'a', slope: 's' }] },
    'broadcast: [4, 3] and [3] → [4, 3]',
  ],
  [
    'a condition for each row',
    {
      c: ['Input', {}, { shape: [4, 1], dtype: 'bool' }],
      a: ['Input', {}, { shape: [4, 3] }],
      y: ['Where', { condition: 'c', a: 'a', b: 'a' }],
    },
    'broadcast: [4, 1] and [4, 3] and [4, 3] → [4, 3]',
  ],
  [
    'one scale for all elements',
    {
      a: ['Input', {}, { shape: [4, 3] }],
      s: ['Parameter', {}, { shape: [1] }],
      y: ['LayerNormalization', { x: 'a', scale: 's' }],
    },
    'broadcast: [3] and [1] → [3]',
  ],
  [
    'a cast to whole numbers',
    { a: ['Input', {}, { shape: [4] }], y: ['Cast', { x: 'a' }, { to: 'int32' }] },
    'cast: float32 → int32: cut towards zero, no gradient',
  ],
  [
    'a metric that counts',
    { a: ['Input', {}, { shape: [], dtype: 'int32' }], y: ['Metric', { value: 'a' }] },
    'cast: int32 → float32',
  ],
])('%s has a badge', (_, graph, badge) => {
  const { badges } = check(drawing(graph), registry);
  expect(badges.get('y')?.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([badge]);
});

test('what fits as it is has no badge', () => {
  const { badges } = check(drawing({ ...probabilities, loss, sgd }), registry);
  expect([...badges]).toEqual([]);
});
