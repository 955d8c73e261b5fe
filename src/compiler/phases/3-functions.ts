/** Cuts the program into functions in Theano's sense. */
import type { FunctionIR, FunctionOutput, Value } from '../ir.ts';
import type { Program } from './2-infer.ts';
import { gradients } from './3-differentiate.ts';
import type { RewriteOptions } from './4-rewrite.ts';
import { type BuiltFunction, FunctionBuilder } from './functions/function-builder.ts';

/** Loss and metrics of a batch, without updates. Null if there is neither. */
export function buildEvaluate(program: Program, rewrites?: RewriteOptions): BuiltFunction | null {
  const [first] = program.optimizers;
  const roots = [...(first ? [first.cost] : []), ...program.metrics.map((metric) => metric.value)];
  if (roots.length === 0) return null;
  const builder = new FunctionBuilder(program, roots, { mode: 'inference', rewrites });
  const outputs: FunctionOutput[] = program.metrics.map(({ node, value }) => ({
    value: builder.b.within(node.id, 'forward', () => builder.b.cast(builder.now(value), 'float32')),
    target: { kind: 'metric', name: node.name, node: node.id },
  }));
  if (first) outputs.unshift({ value: builder.now(first.cost), target: { kind: 'loss', node: first.node.id } });
  return { fn: builder.finish('evaluate', outputs), diagnostics: builder.diagnostics };
}

/** Names of the functions that Output nodes ask for. */
export function outputFunctions(program: Program): string[] {
  return [...new Set(program.outputs.map((output) => output.fn))];
}

/** The function of all Output nodes of one name. */
export function buildOutputs(program: Program, name: string, rewrites?: RewriteOptions): BuiltFunction {
  const outputs = program.outputs.filter((output) => output.fn === name);
  const builder = new FunctionBuilder(
    program,
    outputs.map((output) => output.value),
    { mode: 'inference', rewrites },
  );
  return {
    fn: builder.finish(
      name,
      outputs.map(({ node, value }) => ({
        value: builder.now(value),
        target: { kind: 'output', name: node.name, node: node.id },
      })),
    ),
    diagnostics: builder.diagnostics,
  };
}

export interface ObservedFunction {
  readonly fn: FunctionIR;
  /** Output index of the gradient of each value asked for, or null where there is none. */
  readonly gradientAt: ReadonlyMap<Value, number>;
  /** Output index of each value asked for. */
  readonly valueAt: ReadonlyMap<Value, number>;
}

/** Values of the program, and the gradients of the first optimizer's cost with respect to them, as probe outputs. */
export function buildObserve(
  program: Program,
  values: readonly Value[],
  rewrites: RewriteOptions = {},
): ObservedFunction {
  const [first] = program.optimizers;
  const roots = [...values, ...(first ? [first.cost] : [])];
  const builder = new FunctionBuilder(program, roots, { mode: 'training', rewrites });
  const outputs: FunctionOutput[] = [];
  const valueAt = new Map<Value, number>();
  const gradientAt = new Map<Value, number>();
  const add = (map: Map<Value, number>, key: Value, value: Value): void => {
    map.set(key, outputs.length);
    outputs.push({ value, target: { kind: 'probe', name: `probe_${outputs.length}` } });
  };
  for (const value of values) add(valueAt, value, builder.now(value));
  if (first) {
    const floats = values.filter((value) => value.type.dtype === 'float32');
    const missing = costGradients(builder, first.cost, floats, (value, gradient) => add(gradientAt, value, gradient));
    if (missing.length > 0) {
      // A stable form may bypass a value that was drawn; its gradient is that of the drawing as it is.
      const plain = { ...rewrites, disabled: 'all' } as const;
      const drawn = new FunctionBuilder(program, roots, {
        mode: 'training',
        rewrites: plain,
        firstId: builder.b.nextId,
      });
      const found: [Value, Value][] = [];
      costGradients(drawn, first.cost, missing, (value, gradient) => void found.push([value, gradient]));
      const known = new Set(builder.b.equations.flatMap((eq) => eq.outputs));
      if (found.length > 0) {
        for (const eq of drawn.b.equations) if (!eq.outputs.some((output) => known.has(output))) builder.b.push(eq);
      }
      for (const [value, gradient] of found) add(gradientAt, value, gradient);
    }
  }
  return { fn: builder.finish('observe', outputs), gradientAt, valueAt };
}

/** Hands over the gradient of the cost with respect to each value that has one, and returns the others. */
function costGradients(
  builder: FunctionBuilder,
  cost: Value,
  values: readonly Value[],
  found: (value: Value, gradient: Value) => void,
): readonly Value[] {
  const { b } = builder;
  const target = { value: builder.now(cost), cotangent: b.scalar(1) };
  const gradient = gradients(
    b,
    [target],
    values.map((value) => builder.now(value)),
  );
  return values.filter((value, at) => {
    const known = gradient.values[at];
    if (known) found(value, known);
    return !known;
  });
}
