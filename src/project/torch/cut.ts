import { Builder } from '../../compiler/builder.ts';
import type { FunctionIR, Value } from '../../compiler/ir.ts';
import type { Program } from '../../compiler/phases/2-infer.ts';
import { eliminateDeadCode, nextId, type RewriteOptions, stabilize } from '../../compiler/phases/4-rewrite.ts';

export interface Forward {
  readonly fn: FunctionIR;
  /** What stands for a value of the program. */
  readonly now: (value: Value) => Value;
}

/** What of the program some values need, as it was drawn: nodes that differentiate stay, as PyTorch does that itself. */
export function cutForward(
  program: Program,
  roots: readonly Value[],
  mode: 'training' | 'inference',
  rewrites: RewriteOptions,
): Forward {
  const { registry, inputs, equations } = program.builder;
  const asked = (values: readonly Value[]): FunctionIR['outputs'] =>
    values.map((value) => ({ value, target: { kind: 'probe', name: '' } }));
  const drawn = { name: 'forward', inputs, equations, outputs: asked(roots) };
  const { equations: kept } = eliminateDeadCode(drawn);
  const variables = kept.flatMap((eq) => (registry.get(eq.op)?.kind === 'gradient' ? eq.inputs : []));
  const opaque = new Set(variables.filter((value) => value !== null));
  const stable = stabilize(kept, registry, nextId(drawn), opaque, rewrites);
  const map = new Map(stable.replaced);
  const now = (value: Value): Value => {
    let at = value;
    for (let next = map.get(at); next && next !== at; next = map.get(at)) at = next;
    return at;
  };
  const b = new Builder(registry, stable.nextId);
  for (const eq of stable.equations) {
    const wired = eq.inputs.map((input) => (input ? now(input) : null));
    const stands = mode === 'inference' ? registry.get(eq.op)?.inference : undefined;
    if (!stands) {
      b.push({ ...eq, inputs: wired });
      continue;
    }
    const results = b.within(eq.origin, eq.role, () =>
      stands({ b, x: wired, y: eq.outputs, attributes: eq.attributes }),
    );
    eq.outputs.forEach((output, at) => {
      const result = results[at];
      if (result) map.set(output, result);
    });
  }
  const fn = eliminateDeadCode({ ...drawn, equations: b.equations, outputs: asked(roots.map(now)) });
  return { fn, now };
}
