/**
 * The package `wiregrad`: Theano's language for scripts, on the compiler and the operators of the editor. See docs/symbolic.md.
 */
// biome-ignore-all lint/performance/noBarrelFile: the one entry of the package
export { printCode } from './code/print.ts';
export { readCode } from './code/read.ts';
export { debugprint } from './debugprint.ts';
export { ExpressionError, fn } from './function.ts';
export {
  consider_constant,
  disconnected_grad,
  grad,
  grad_clip,
  grad_scale,
  hessian,
  hessian_vector_product,
  jacobian,
  Lop,
  Rop,
  zero_grad,
} from './gradient.ts';
export { graph, module } from './graph.ts';
export { node, op } from './operators.ts';
export { shared } from './shared.ts';
export { T } from './t.ts';
export { asTensor, full, ones, Tensor, zeros } from './tensor.ts';
export { Variable } from './variable.ts';
