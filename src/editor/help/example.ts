/** An operator's example as a model: its outputs, and the gradient of their sum by its inputs. */
import { Builder } from '../../compiler/builder.ts';
import type { FunctionIR, IrAttributes, Value } from '../../compiler/ir.ts';
import { isNoGradient, type OpExample, type OpRecord, type Registry } from '../../compiler/op.ts';
import { gradients } from '../../compiler/phases/3-differentiate.ts';
import { emit } from '../../compiler/phases/6-emit.ts';
import type { GraphPlan } from '../../compiler/plan.ts';
import { type TensorData, tensor } from '../../compiler/types.ts';
import type { Scratch, ScratchTensor } from '../../runtime/scratch.ts';

export interface ExampleModel {
  readonly plan: GraphPlan;
  /** How many outputs are the operator's; the others are gradients of the inputs with these numbers. */
  readonly outputs: number;
  readonly differentiated: readonly number[];
}

export function exampleModel(record: OpRecord, registry: Registry, example: OpExample): ExampleModel {
  const b = new Builder(registry);
  const inputs = example.inputs.map((data, at): Value | null =>
    data ? b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: `x${at}`, name: `x${at}` }) : null,
  );
  const outputs = b.emitAll(record.name, inputs, (example.attributes ?? {}) as IrAttributes);
  const drawn = inputs.flatMap((value, at) =>
    value?.type.dtype === 'float32' && at < (record.random ? record.inputs.length : Number.POSITIVE_INFINITY)
      ? [{ value, at }]
      : [],
  );
  const targets = outputs.flatMap((value) =>
    value.type.dtype === 'float32' ? [{ value, cotangent: b.full(value.type.shape, 1) }] : [],
  );
  const found = isNoGradient(record.gradient)
    ? []
    : gradients(
        b,
        targets,
        drawn.map(({ value }) => value),
      ).values;
  const slopes = drawn.flatMap(({ at }, index) => {
    const gradient = found[index];
    return gradient ? [{ at, gradient }] : [];
  });
  const results = [...outputs, ...slopes.map(({ gradient }) => gradient)];
  const fn: FunctionIR = {
    name: 'example',
    inputs: b.inputs,
    equations: b.equations,
    outputs: results.map((value, at) => ({ value, target: { kind: 'output', node: 'example', name: `y${at}` } })),
  };
  return {
    plan: emit(fn, registry, { dims: {}, data: 'batch' }),
    outputs: outputs.length,
    differentiated: slopes.map(({ at }) => at),
  };
}

export interface ExampleResult {
  readonly outputs: readonly TensorData[];
  /** By input; null where it has none. */
  readonly gradients: readonly (TensorData | null)[];
}

/** Runs the model on these inputs. Rejects with the words of ONNX Runtime. */
export async function runExample(
  scratch: Pick<Scratch, 'run'>,
  { plan, outputs, differentiated }: ExampleModel,
  inputs: readonly (TensorData | null)[],
): Promise<ExampleResult> {
  const feeds = plan.inputs.flatMap(({ name, binding }): ScratchTensor[] => {
    const data = binding.kind === 'feed' ? inputs[Number(binding.name.slice(1))] : null;
    return data ? [{ name, ...data }] : [];
  });
  const results = await scratch.run(plan.onnx, feeds);
  const inOrder = plan.outputs.map(({ name }) => results.find((result) => result.name === name) as TensorData);
  return {
    outputs: inOrder.slice(0, outputs),
    gradients: inputs
      .map((_, at) => inOrder[outputs + differentiated.indexOf(at)] ?? null)
      .map((data, at) => (differentiated.includes(at) ? data : null)),
  };
}
