import type { NodeId } from '../document.ts';
import { type Equation, type FunctionIR, printFunction, type Value } from '../ir.ts';
import type { DerivedEdge, DerivedGraph, DerivedNode } from '../result.ts';
import type { Program } from './2-infer.ts';
import type { TrainFunction } from './functions/train.ts';

/** The lines of a function's text, one an equation, in order. */
function equationLines(fn: FunctionIR, nameOf: (node: NodeId) => string): Map<Equation, string> {
  const lines = printFunction(fn, { nameOf })
    .split('\n')
    .filter((line) => !line.startsWith('  return'))
    .slice(1 + fn.inputs.length);
  return new Map(fn.equations.map((eq, at) => [eq, (lines[at] ?? '').trim().replace(/ ; .*$/, '')]));
}

/**
 * The backward and update layers of the canvas: one backward node for each forward node that was differentiated, one
 * update node for each parameter that changes, and the flow of gradients between them.
 */
export function derive(program: Program, train: TrainFunction): DerivedGraph {
  const { fn } = train;
  const nameOf = (node: NodeId): string => program.nodes.get(node)?.name ?? node;
  const lines = equationLines(fn, nameOf);
  const producer = new Map<Value, Equation>();
  for (const eq of fn.equations) for (const output of eq.outputs) producer.set(output, eq);

  /** Backward nodes whose gradient flows into a value; sums that belong to no node are looked through. */
  const sources = (value: Value): NodeId[] => {
    const eq = producer.get(value);
    if (eq?.role !== 'backward') return [];
    if (eq.origin !== null && program.nodes.get(eq.origin)?.record.kind !== 'optimizer') return [eq.origin];
    return eq.inputs.flatMap((input) => (input ? sources(input) : []));
  };

  const groups = new Map<NodeId, Equation[]>();
  for (const eq of fn.equations) {
    if (eq.role !== 'backward' || eq.origin === null) continue;
    const kind = program.nodes.get(eq.origin)?.record.kind ?? 'operator';
    if (kind !== 'operator') continue;
    const group = groups.get(eq.origin);
    if (group) group.push(eq);
    else groups.set(eq.origin, [eq]);
  }

  const nodes: DerivedNode[] = [];
  const edges = new Map<string, DerivedEdge>();
  const connect = (source: string, target: string, role: DerivedEdge['role']): void => {
    const id = `${source}→${target}`;
    if (source !== target) edges.set(id, { id, source, target, role });
  };
  const forward = new Map<NodeId, Value>();
  for (const eq of fn.equations) {
    if (eq.role === 'forward' && eq.origin !== null && eq.outputs[0]) forward.set(eq.origin, eq.outputs[0]);
  }
  for (const [origin, equations] of groups) {
    const id = `backward:${origin}`;
    nodes.push({
      id,
      role: 'backward',
      of: origin,
      title: `∂ ${nameOf(origin)}`,
      type: forward.get(origin)?.type ?? null,
      equations: equations.map((eq) => lines.get(eq) ?? ''),
    });
    for (const eq of equations) {
      for (const input of eq.inputs)
        for (const source of input ? sources(input) : []) connect(`backward:${source}`, id, 'backward');
    }
  }

  for (const [parameter, by] of train.updatedBy) {
    const id = `update:${parameter}`;
    const output = fn.outputs.find(({ target }) => target.kind === 'state' && target.slot === nameOf(parameter));
    const equations: string[] = [];
    const visit = (value: Value): void => {
      const eq = producer.get(value);
      const line = eq && lines.get(eq);
      if (eq?.role !== 'update' || line === undefined || equations.includes(line)) return;
      for (const input of eq.inputs) if (input) visit(input);
      equations.push(line);
    };
    if (output) visit(output.value);
    const method = program.nodes.get(by)?.record;
    nodes.push({
      id,
      role: 'update',
      of: parameter,
      title: method?.kind === 'optimizer' ? `${method.name} ${nameOf(parameter)}` : `update ${nameOf(parameter)}`,
      type: output?.value.type ?? null,
      equations,
    });
    const gradient = train.parameterGradients.get(parameter);
    for (const source of gradient ? sources(gradient) : []) connect(`backward:${source}`, id, 'update');
    connect(id, parameter, 'update');
  }
  return { nodes, edges: [...edges.values()] };
}
