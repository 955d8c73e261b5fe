import { Builder, CONSTANT, DIM_SIZE } from './builder.ts';
import { bindDim, bindShape, type Dim, type DimBindings, type Shape } from './dims.ts';
import type { Equation, FunctionIR, IrAttribute, IrAttributes, Value } from './ir.ts';
import type { OpRecord, Registry } from './op.ts';
import { bindType, tensorData } from './types.ts';

function bindEquation(eq: Equation, bindings: DimBindings, registry: Registry): Pick<Equation, 'op' | 'attributes'> {
  if (eq.op === DIM_SIZE) {
    const dim = bindDim(eq.attributes.dim as Dim, bindings);
    if (typeof dim === 'number') return { op: CONSTANT, attributes: { value: tensorData('float32', [], dim) } };
    return { op: DIM_SIZE, attributes: { dim } };
  }
  const record = registry.get(eq.op);
  return { op: eq.op, attributes: record ? bindAttributes(record, eq.attributes, bindings) : eq.attributes };
}

/** Attributes that are shapes, with numbers for the names that are bound. */
export function bindAttributes(record: OpRecord, given: IrAttributes, bindings: DimBindings): IrAttributes {
  const attributes: Record<string, IrAttribute> = { ...given };
  for (const [name, value] of Object.entries(given)) {
    if (record.attributes[name]?.type === 'shape') attributes[name] = bindShape(value as Shape, bindings);
  }
  return attributes;
}

/** The same function with named dimensions replaced by numbers; names without a binding stay. */
export function bindFunction(fn: FunctionIR, bindings: DimBindings, registry: Registry): FunctionIR {
  const b = new Builder(registry);
  const map = new Map<Value, Value>();
  const bound = (value: Value): Value => {
    const known = map.get(value) ?? b.value(bindType(value.type, bindings));
    map.set(value, known);
    return known;
  };
  return {
    name: fn.name,
    inputs: fn.inputs.map((input) => ({ ...input, value: bound(input.value) })),
    equations: fn.equations.map((eq) => ({
      ...eq,
      ...bindEquation(eq, bindings, registry),
      inputs: eq.inputs.map((input) => (input ? bound(input) : null)),
      outputs: eq.outputs.map(bound),
    })),
    outputs: fn.outputs.map((output) => ({ ...output, value: bound(output.value) })),
  };
}
