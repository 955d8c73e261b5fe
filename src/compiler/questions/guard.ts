/** What breakpoints look at: the values and gradients of a step, computed before it is made. */
import { programOf } from '../compile.ts';
import type { GraphDocument, PortRef } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import { buildObserve } from '../phases/3-functions.ts';
import { rewrite, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import type { BreakpointKind, GuardCondition, GuardedTensor, GuardPlan } from '../plan.ts';
import { portKey } from '../result.ts';

export interface GuardRequest {
  readonly id: string;
  readonly when: BreakpointKind;
  readonly limit: number;
  /** In flat ids, or an output of an instance; null for all of the drawing. */
  readonly at: PortRef | null;
}

const LOOKS_AT: Readonly<Record<BreakpointKind, readonly GuardedTensor['of'][]>> = {
  nan: ['value', 'gradient'],
  infinite: ['value', 'gradient'],
  'value-above': ['value'],
  'gradient-above': ['gradient'],
  'gradient-zero': ['gradient'],
  'loss-rises': [],
};

/** Breakpoints on what is not computed are left out. */
export function compileGuard(drawn: GraphDocument, registry: Registry, requests: readonly GuardRequest[]): GuardPlan {
  const flat = flatten(drawn, registry);
  const { document } = flat;
  const program = programOf(drawn, registry);
  const known = [...program.values].flatMap(([key, value]) => {
    const end = key.lastIndexOf(':');
    return value.type.dtype === 'float32' ? [{ node: key.slice(0, end), port: key.slice(end + 1), value }] : [];
  });
  const chosen = ({ at }: GuardRequest) => {
    if (!at) return known;
    const key = portKey(at.node, at.port);
    const source = flat.ports.get(key) ?? at;
    // An output of an instance is told as such.
    return known.flatMap(({ node, port, value }) =>
      node === source.node && port === source.port ? [{ ...at, value }] : [],
    );
  };
  const tensorRequests = requests.filter(({ when }) => LOOKS_AT[when].length > 0);
  const values = [...new Set(tensorRequests.flatMap((request) => chosen(request).map(({ value }) => value)))];
  if (values.length === 0) return { conditions: conditionsOf(requests, () => []), graphs: null };

  const rewrites = rewriteOptions(document);
  const { fn, valueAt, gradientAt } = buildObserve(program, values, rewrites);
  const { batchSize } = document.graph.training;
  const used = new Set<number>();
  const outputOf = (value: Value, of: GuardedTensor['of']) => (of === 'value' ? valueAt : gradientAt).get(value);
  const conditions = conditionsOf(requests, (request) => {
    const found = chosen(request);
    return LOOKS_AT[request.when].flatMap((of) =>
      // Gradients are computed from the cost backwards.
      (of === 'value' ? found : found.toReversed()).flatMap(({ node, port, value }): GuardedTensor[] => {
        const output = outputOf(value, of);
        if (output === undefined) return [];
        used.add(output);
        return [{ node, port, of, shape: [], output: `probe_${output}` }];
      }),
    );
  });
  if (used.size === 0) return { conditions, graphs: null };
  const needed = { ...fn, outputs: fn.outputs.filter((_, at) => used.has(at)) };
  const context = { document, registry, program, rewrites };
  const graphs = emitFor(context, rewrite(needed, registry, rewrites), batchSize, { wasm: 'batch' });
  const shapes = new Map(graphs.wasm.outputs.map(({ name, shape }) => [name, shape]));
  return {
    graphs,
    conditions: conditions.map((condition) => ({
      ...condition,
      tensors: condition.tensors.map((tensor) => ({ ...tensor, shape: shapes.get(tensor.output) ?? tensor.shape })),
    })),
  };
}

function conditionsOf(
  requests: readonly GuardRequest[],
  tensorsOf: (request: GuardRequest) => readonly GuardedTensor[],
): GuardCondition[] {
  return requests.flatMap((request) => {
    const { id, when, limit } = request;
    const tensors = tensorsOf(request);
    return when === 'loss-rises' || tensors.length > 0 ? [{ id, when, limit, tensors }] : [];
  });
}
