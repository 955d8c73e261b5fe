/** Ways through a typed program that several checks take. */
import type { PortRef } from '../document.ts';
import type { Equation, Value } from '../ir.ts';
import type { ResolvedNode } from '../phases/1-resolve.ts';
import type { Program } from '../phases/2-infer.ts';

/** The equation behind every computed value. */
export function definitionsOf({ builder }: Program): ReadonlyMap<Value, Equation> {
  return new Map(builder.equations.flatMap((eq) => eq.outputs.map((output) => [output, eq] as const)));
}

/** The node that is wired to an input. */
export function inputOf(program: Program, { node, port }: PortRef): ResolvedNode | undefined {
  const source = program.nodes.get(node)?.inputs.find((input) => input.port === port)?.source;
  return source ? program.nodes.get(source.node) : undefined;
}
