import type { Diagnostic } from '../../diagnostics.ts';
import type { NodeId } from '../../document.ts';
import type { FunctionOutput, Value } from '../../ir.ts';
import type { Program } from '../2-infer.ts';
import { gradients } from '../3-differentiate.ts';
import { explainMissing, reportMissing } from '../3-missing.ts';
import type { RewriteOptions } from '../4-rewrite.ts';
import { type BuiltFunction, FunctionBuilder } from './function-builder.ts';

/** What is differentiated by, and what it is called. */
export interface Variable {
  readonly name: string;
  readonly node: NodeId;
  readonly value: Value;
}

export interface GradientsOptions {
  /** A value of a single element. */
  readonly loss: { readonly name: string; readonly node: NodeId; readonly value: Value };
  readonly wrt: readonly Variable[];
  /** Whether nodes do what they do in training. */
  readonly mode: 'training' | 'inference';
  readonly rewrites?: RewriteOptions;
}

/**
 * All outputs of the drawing, and `<name>_grad` for each variable. A gradient that is zero everywhere is a warning, and
 * zeros stand for it; one that does not exist is an error that names where it ends.
 */
export function buildGradients(program: Program, { loss, wrt, mode, rewrites }: GradientsOptions): BuiltFunction {
  const roots = [...program.outputs.map(({ value }) => value), loss.value];
  const builder = new FunctionBuilder(program, roots, { mode, rewrites });
  const { b } = builder;
  const outputs: FunctionOutput[] = program.outputs.map(({ node, value }) => ({
    value: builder.now(value),
    target: { kind: 'output', name: node.name, node: node.id },
  }));
  const cost = builder.now(loss.value);
  const cotangent = b.within(null, 'backward', () => b.full(cost.type.shape, 1));
  const variables = wrt.map(({ value }) => builder.now(value));
  const { values, obstacles } = gradients(b, [{ value: cost, cotangent }], variables);
  const diagnostics: Diagnostic[] = [...builder.diagnostics];
  wrt.forEach(({ name, node }, at) => {
    const variable = variables[at] as Value;
    const gradient = values[at];
    if (!gradient) {
      const missing = explainMissing(b.equations, b.registry, [cost], variable, obstacles);
      const nameOf = (id: NodeId | null) => builder.nameOf(id);
      const names = { cost: loss.name, variable: name, from: node, nameOf };
      const found = reportMissing(missing, { node }, names);
      if (found) diagnostics.push(found);
    }
    const value = gradient ?? b.within(node, 'backward', () => b.zerosLike(variable));
    outputs.push({ value, target: { kind: 'output', name: `${name}_grad`, node } });
  });
  return { fn: builder.finish('gradients', outputs), diagnostics };
}
