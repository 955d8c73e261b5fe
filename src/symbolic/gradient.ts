/** Theano's gradients of expressions. */
import { apply, type Operand, results, toVariable, Variable } from './variable.ts';

export interface GradOptions {
  /** What is said of a variable the cost does not depend on. */
  readonly disconnected_inputs?: 'raise' | 'warn' | 'ignore';
  /** Through these no gradient flows. */
  readonly consider_constant?: readonly Variable[];
}

/** `T.grad(cost, wrt)`: a gradient for each variable, of its shape; the cost is a single number. */
export function grad(cost: Variable, wrt: Variable, options?: GradOptions): Variable;
export function grad<const W extends readonly Variable[]>(
  cost: Variable,
  wrt: W,
  options?: GradOptions,
): { readonly [K in keyof W]: Variable };
export function grad(
  cost: Variable,
  wrt: Variable | readonly Variable[],
  { disconnected_inputs = 'raise', consider_constant = [] }: GradOptions = {},
): Variable | readonly Variable[] {
  const variables = wrt instanceof Variable ? [wrt] : wrt;
  const target = consider_constant.length === 0 ? cost : holding(cost, new Set(consider_constant));
  const found = results('Grad', [target, ...variables], { disconnected_inputs }, variables.length);
  variables.forEach((variable, at) => {
    if (variable.name) (found[at] as Variable).name = `d${cost.name ?? 'cost'}/d${variable.name}`;
  });
  return wrt instanceof Variable ? (found[0] as Variable) : found;
}

/** The expression with some of its variables held constant. */
function holding(expression: Variable, constants: ReadonlySet<Variable>): Variable {
  const made = new Map<Variable, Variable>();
  const copy = (variable: Variable): Variable => {
    const known = made.get(variable);
    if (known) return known;
    const { origin } = variable;
    let result = variable;
    if (constants.has(variable)) result = apply('ConsiderConstant', [variable]);
    else if (origin.kind === 'apply') {
      const { op, inputs, attributes } = origin.apply;
      const fresh = inputs.map((input) => (input ? copy(input) : null));
      if (fresh.some((input, at) => input !== inputs[at])) {
        result = new Variable(
          { kind: 'apply', apply: { op, inputs: fresh, attributes }, output: origin.output },
          variable.name,
        );
      }
    } else if (origin.kind === 'deferred') {
      const { deferred } = origin;
      const depends = deferred.inputs.some((input) => copy(input) !== input);
      if (depends) {
        const inputs = deferred.inputs.map(copy);
        const expand: typeof deferred.expand = (known) => copy(deferred.expand(known));
        result = new Variable({ kind: 'deferred', deferred: { ...deferred, inputs, expand } }, variable.name);
      }
    }
    made.set(variable, result);
    return result;
  };
  return copy(expression);
}

export const jacobian = (y: Operand, x: Variable): Variable => apply('Jacobian', [y, x]);
export const hessian = (cost: Operand, x: Variable): Variable => apply('Hessian', [cost, x]);
/** The Hessian times a vector. */
export const hessian_vector_product = (cost: Operand, x: Variable, v: Operand): Variable =>
  apply('HessianVectorProduct', [cost, x, v]);
/** The Jacobian times `v`: how `y` changes when `x` moves along `v`. */
export const Rop = (y: Operand, x: Variable, v: Operand): Variable => apply('JacobianVectorProduct', [y, x, v]);
/** `v` times the Jacobian. */
export const Lop = (y: Operand, x: Variable, v: Operand): Variable =>
  results('VectorJacobianProduct', [y, v, x], {}, 1)[0] as Variable;

/** What passes a value on and changes only the gradient that flows back. */
export const consider_constant = (x: Operand): Variable => apply('ConsiderConstant', [x]);
export const disconnected_grad = (x: Operand): Variable => apply('DisconnectedGrad', [x]);
export const zero_grad = (x: Operand): Variable => apply('ZeroGrad', [x]);
export const grad_clip = (x: Operand, lower_bound: number, upper_bound: number): Variable =>
  apply('GradClip', [x], { lower_bound, upper_bound });
export const grad_scale = (x: Operand, multiplier: number): Variable =>
  apply('GradScale', [toVariable(x)], { multiplier });
