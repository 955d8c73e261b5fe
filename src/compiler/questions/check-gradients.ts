/** The cost alone, and its gradients by all parameters: what finite differences compare. */
import { programOf } from '../compile.ts';
import type { GraphDocument } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { FunctionIR } from '../ir.ts';
import type { Registry } from '../op.ts';
import { gradients } from '../phases/3-differentiate.ts';
import { rewrite, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import { FunctionBuilder } from '../phases/functions/function-builder.ts';
import type { GradientCheckPlan, GraphPlan } from '../plan.ts';
import { verify } from '../verify.ts';

/** Null where there is no cost, or nothing it depends on. */
export function compileGradientCheck(drawn: GraphDocument, registry: Registry): GradientCheckPlan | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  const [optimizer] = program.optimizers;
  if (!optimizer) return null;
  const rewrites = rewriteOptions(document);
  const builder = new FunctionBuilder(program, [optimizer.cost], { mode: 'training', rewrites });
  const cost = builder.now(optimizer.cost);
  const costAlone = builder.finish('cost', [{ value: cost, target: { kind: 'probe', name: 'cost' } }]);
  const target = { value: cost, cotangent: builder.b.scalar(1) };
  const { values } = gradients(
    builder.b,
    [target],
    program.parameters.map(({ value }) => value),
  );
  const checked = program.parameters.flatMap(({ node, value }, at) => {
    const gradient = values[at];
    const shape = value.type.shape as number[];
    return gradient ? [{ node: node.id, slot: node.name, shape, output: `gradient_${at}`, gradient }] : [];
  });
  if (checked.length === 0) return null;
  const slopes = builder.finish(
    'gradients',
    checked.map(({ output, gradient }) => ({ value: gradient, target: { kind: 'probe', name: output } })),
  );
  const context = { document, registry, program, rewrites };
  const { batchSize } = document.graph.training;
  const emit = (fn: FunctionIR): GraphPlan => {
    const graph = rewrite(verify(fn, registry, 'checking gradients'), registry, rewrites);
    return emitFor(context, graph, batchSize, { wasm: 'batch' }).wasm;
  };
  return {
    parameters: checked.map(({ gradient: _, ...parameter }) => parameter),
    cost: emit(costAlone),
    gradients: emit(slopes),
  };
}
