/** Whether the gradients of shares of a batch average to those of the whole batch. */
import type { Shape } from '../../compiler/dims.ts';
import type { Equation, FunctionIR, Value } from '../../compiler/ir.ts';

/**
 * free: the same for every share. rows: a part for each row, by itself. mean: a mean over rows, or a sum of such and of what
 * is free. other: anything else.
 */
type Kind = 'free' | 'rows' | 'mean' | 'other';

const hasBatch = (shape: Shape): boolean => shape.some((size) => typeof size === 'string' && /\bbatch\b/.test(size));

const LINEAR = new Set(['Add', 'Sub', 'Neg', 'Sum', 'Mean', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze']);
/** Each row of the result depends on other rows. */
const MIXING = new Set(['BatchNormalization', 'Grad', 'VectorJacobianProduct', 'Jacobian', 'Hessian', 'KnownGrad']);
const ALONG_AXIS = new Set(['Softmax', 'LogSoftmax', 'CumSum', 'Concat', 'Gather', 'Flip', 'Slice', 'Hardmax']);

function kindOf(eq: Equation, kinds: readonly Kind[]): Kind {
  const [output] = eq.outputs;
  if (!output || kinds.every((kind) => kind === 'free')) return output && hasBatch(output.type.shape) ? 'rows' : 'free';
  if (kinds.includes('other') || MIXING.has(eq.op)) return 'other';
  if (!kinds.includes('rows')) {
    if (LINEAR.has(eq.op)) return 'mean';
    const [a, b] = kinds;
    if (eq.op === 'Mul' && (a === 'free' || b === 'free')) return 'mean';
    return eq.op === 'Div' && b === 'free' ? 'mean' : 'other';
  }
  if (kinds.includes('mean')) return 'other';
  const { shape } = output.type;
  if (hasBatch(shape)) {
    const along = eq.attributes.axis ?? 1;
    if (ALONG_AXIS.has(eq.op) && (along === 0 || along === -shape.length)) return 'other';
    return shape[0] === 'batch' ? 'rows' : 'other';
  }
  if (eq.op === 'ReduceMean' || eq.op === 'Accuracy') return 'mean';
  const isPlain = eq.inputs.length < 3 || !eq.inputs[2];
  return eq.attributes.reduction === 'mean' && isPlain ? 'mean' : 'other';
}

export function shareKinds(fn: FunctionIR): (value: Value) => Kind {
  const kinds = new Map<Value, Kind>();
  for (const { value, source } of fn.inputs) kinds.set(value, source.kind === 'data' ? 'rows' : 'free');
  for (const eq of fn.equations) {
    const kind = kindOf(
      eq,
      eq.inputs.map((input) => (input ? (kinds.get(input) ?? 'other') : 'free')),
    );
    for (const output of eq.outputs) kinds.set(output, kind);
  }
  return (value) => kinds.get(value) ?? 'free';
}
