import { CONSTANT, DIM_SIZE, inferOutputs } from './builder.ts';
import { type Equation, type FunctionIR, isTensorData, printFunction, type Value } from './ir.ts';
import type { Registry } from './op.ts';
import { printType, sameType, type TensorType, tensor } from './types.ts';

function expectedTypes(eq: Equation, registry: Registry): readonly TensorType[] {
  const { value } = eq.attributes;
  if (eq.op === CONSTANT && isTensorData(value)) return [tensor(value.dtype, value.shape)];
  if (eq.op === DIM_SIZE) return [tensor('float32', [])];
  const record = registry.get(eq.op);
  if (!record) throw new Error(`unregistered operator ${eq.op}`);
  return inferOutputs(
    record,
    eq.inputs.map((value) => value?.type ?? null),
    eq.attributes,
  );
}

/** Checks single assignment, definition before use, and types against the same inference rules that checked the drawing. */
export function verify(fn: FunctionIR, registry: Registry, phase: string): FunctionIR {
  const defined = new Set<Value>(fn.inputs.map((input) => input.value));
  const broken = (message: string): never => {
    throw new Error(`After ${phase}: ${message}\n${printFunction(fn)}`);
  };
  fn.equations.forEach((eq, index) => {
    const place = `equation ${index}, ${eq.op}`;
    for (const input of eq.inputs)
      if (input && !defined.has(input)) broken(`${place} uses a value before its definition`);
    let types: readonly TensorType[] = [];
    try {
      types = expectedTypes(eq, registry);
    } catch (error) {
      broken(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (types.length !== eq.outputs.length) broken(`${place} has ${eq.outputs.length} outputs, not ${types.length}`);
    eq.outputs.forEach((output, at) => {
      const type = types[at];
      if (type && !sameType(type, output.type))
        broken(`${place} gives ${printType(type)}, not ${printType(output.type)}`);
      if (defined.has(output)) broken(`${place} defines a value twice`);
      defined.add(output);
    });
  });
  for (const { value } of fn.outputs) if (!defined.has(value)) broken('an output is not defined');
  return fn;
}
