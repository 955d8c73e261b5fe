/**
 * A training step, one node at a time: what each node gets and gives forward, what it gets and hands back backward, and
 * what becomes of the parameters. As it was drawn: no rewrites, and gradients that begin with 1.
 */
import { bindFunction } from '../bind.ts';
import { Builder } from '../builder.ts';
import { programOf } from '../compile.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { FunctionOutput, Target, Value } from '../ir.ts';
import { portName, portNames, type Registry } from '../op.ts';
import type { Program } from '../phases/2-infer.ts';
import { gradients } from '../phases/3-differentiate.ts';
import { eliminateDeadCode, nextId, rewrite, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import { buildTrain } from '../phases/functions/train.ts';
import type { GraphPlan } from '../plan.ts';
import { portKey } from '../result.ts';
import type { DType } from '../types.ts';
import { verify } from '../verify.ts';
import { applyAgain } from './explain.ts';
import { countOf } from './pack.ts';

/** Numbers that a walk keeps in all, and of one tensor at most and at least. */
const ROOM = 2 ** 22;
const MOST = 2 ** 16;
const LEAST = 2 ** 10;

export interface WalkTensor {
  /** `x`, or `dx` for a gradient. */
  readonly label: string;
  readonly of: 'value' | 'gradient';
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Output of the graph: all elements, or the first of them, row-major. */
  readonly output: string;
}

export interface Stop {
  readonly phase: 'forward' | 'backward' | 'update';
  /** In the flat drawing. */
  readonly node: NodeId;
  readonly takes: readonly WalkTensor[];
  readonly gives: readonly WalkTensor[];
}

export interface Walk {
  readonly graph: GraphPlan;
  readonly stops: readonly Stop[];
  /** The stop that computes the cost. */
  readonly cost: number;
}

/** A value that is to be read: one of the function, or made by hand for a gradient that several nodes add to. */
interface Wanted {
  readonly label: string;
  readonly of: WalkTensor['of'];
  readonly value: Value;
}

interface Sketch extends Omit<Stop, 'takes' | 'gives'> {
  readonly takes: readonly Wanted[];
  readonly gives: readonly Wanted[];
}

/** Null where nothing is trained. */
export function compileWalk(drawn: GraphDocument, registry: Registry): Walk | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  const [optimizer] = program.optimizers;
  if (!optimizer) return null;
  const train = buildTrain(program, { fuseLearningRate: false, rewrites: { disabled: 'all' } });
  const { batchSize } = document.graph.training;

  // Everything that a stop may show, as outputs, so that it can be found once dims are bound.
  const kept: FunctionOutput[] = [...train.fn.outputs];
  const places = new Map<Value, number>();
  const keep = (value: Value): void => {
    if (places.has(value)) return;
    places.set(value, kept.length);
    kept.push({ value, target: { kind: 'probe', name: `kept_${kept.length}` } });
  };
  const known = new Set([
    ...train.fn.inputs.map(({ value }) => value),
    ...train.fn.equations.flatMap((eq) => eq.outputs),
  ]);
  for (const value of program.values.values()) {
    const now = train.now(value);
    if (!known.has(now)) continue;
    keep(now);
    const gradient = train.gradients.get(now);
    if (gradient && known.has(gradient)) keep(gradient);
  }
  for (const gradient of train.parameterGradients.values()) keep(gradient);
  const bound = bindFunction({ ...train.fn, outputs: kept }, { batch: batchSize }, registry);
  const b = new Builder(registry, nextId(bound));
  b.inputs.push(...bound.inputs);
  b.equations.push(...bound.equations);
  const at = (value: Value | undefined): Value | null => {
    const place = value && places.get(value);
    return place === undefined ? null : (bound.outputs[place]?.value ?? null);
  };
  const here = (value: Value | null | undefined): Value | null => (value ? at(train.now(value)) : null);
  const slopeOf = (value: Value | null | undefined): Value | null =>
    value ? at(train.gradients.get(train.now(value))) : null;

  const users = new Map<Value, number>();
  for (const { inputs } of program.nodes.values()) {
    for (const { source } of inputs) {
      const value = source && program.values.get(portKey(source.node, source.port));
      if (value) users.set(value, (users.get(value) ?? 0) + 1);
    }
  }

  const forward: Sketch[] = [];
  const backward: Sketch[] = [];
  for (const { id, record, inputs } of program.nodes.values()) {
    if (record.kind === 'parameter' || record.kind === 'constant' || record.kind === 'optimizer') continue;
    const operands = inputs.map(({ source, port }, index) => ({
      label: port || portName(record.inputs, index),
      value: source ? program.values.get(portKey(source.node, source.port)) : undefined,
    }));
    const outputs = outputsOf(program, id);
    const takes = operands.flatMap(({ label, value }) => want(label, 'value', here(value)));
    const gives = outputs.flatMap(({ port, value }) => want(port, 'value', here(value)));
    if (gives.length === 0) continue;
    forward.push({ phase: 'forward', node: id, takes, gives });
    if ((record.kind ?? 'operator') !== 'operator') continue;

    const incoming = outputs.flatMap(({ port, value }) => want(`d${port}`, 'gradient', slopeOf(value)));
    const distinct = operands.filter(
      ({ value }, index) => operands.findIndex((each) => each.value === value) === index,
    );
    const handed = distinct.flatMap(({ label, value }) => {
      const whole = slopeOf(value);
      const x = here(value);
      if (!whole || !x || !value || incoming.length === 0) return [];
      if (users.get(value) === 1) return want(`d${label}`, 'gradient', whole);
      const targets: Target[] = [];
      const from = b.equations.length;
      const again = applyAgain(b, bound, id);
      for (const { value: output } of outputs) {
        const [copy, cotangent] = [again.get(here(output) as Value), slopeOf(output)];
        if (copy && cotangent) targets.push({ value: copy, cotangent });
      }
      return want(`d${label}`, 'gradient', gradients(b, targets, [x], from).values[0] ?? null);
    });
    if (handed.length > 0) backward.unshift({ phase: 'backward', node: id, takes: incoming, gives: handed });
  }

  const sketches = [...forward, ...backward, ...updates()];
  function updates(): Sketch[] {
    const changed = train.fn.outputs.flatMap(({ target }, index) =>
      target.kind === 'state' ? [{ ...target, value: bound.outputs[index]?.value as Value }] : [],
    );
    return program.parameters.flatMap(({ node, value }): Sketch[] => {
      const own = changed.filter((each) => each.node === node.id);
      const next = own.find(({ slot }) => slot === node.name);
      if (!next) return [];
      const slots = own.filter((each) => each !== next);
      const slotName = (slot: string) => slot.slice(node.name.length + 1);
      const old = bound.inputs.flatMap(({ value: input, source }) =>
        source.kind === 'slot' && source.node === node.id ? want(slotName(source.slot), 'value', input) : [],
      );
      const gradient = at(train.parameterGradients.get(node.id));
      return [
        {
          phase: 'update',
          node: node.id,
          takes: [...want(node.name, 'value', here(value)), ...want(`d${node.name}`, 'gradient', gradient), ...old],
          gives: [
            ...want(`new ${node.name}`, 'value', next.value),
            ...slots.flatMap(({ slot, value: stored }) => want(`new ${slotName(slot)}`, 'value', stored)),
          ],
        },
      ];
    });
  }

  const wanted = [...new Set(sketches.flatMap(({ takes, gives }) => [...takes, ...gives].map(({ value }) => value)))];
  const most = Math.min(MOST, Math.max(LEAST, Math.floor(ROOM / wanted.length)));
  const names = new Map(wanted.map((value, index) => [value, `walk_${index}`]));
  const outputs = wanted.map((value): FunctionOutput => {
    const count = countOf(value);
    const target = { kind: 'probe', name: names.get(value) as string } as const;
    if (count <= most) return { value, target };
    const flat = b.reshape(value, [count]);
    return { value: b.emit('Slice', [flat], { starts: [0], ends: [most], axes: [0], steps: [1] }), target };
  });
  const fn = eliminateDeadCode({ name: 'walk', inputs: bound.inputs, equations: b.equations, outputs });
  verify(fn, registry, 'walking');
  const rewrites = rewriteOptions(document);
  const context = { document, registry, program, rewrites };
  const tensorOf = ({ value, ...rest }: Wanted): WalkTensor => ({
    ...rest,
    dtype: value.type.dtype,
    shape: value.type.shape as number[],
    output: names.get(value) as string,
  });
  const stops = sketches.map(
    (sketch): Stop => ({ ...sketch, takes: sketch.takes.map(tensorOf), gives: sketch.gives.map(tensorOf) }),
  );
  const costNode = optimizer.node.inputs[0]?.source?.node;
  return {
    graph: emitFor(context, rewrite(fn, registry, rewrites), batchSize, { wasm: 'batch' }).wasm,
    stops,
    cost: stops.findIndex(({ node, phase }) => phase === 'forward' && node === costNode),
  };
}

function want(label: string, of: Wanted['of'], value: Value | null): Wanted[] {
  return value ? [{ label, of, value }] : [];
}

function outputsOf(program: Program, id: NodeId): { readonly port: string; readonly value: Value }[] {
  const record = program.nodes.get(id)?.record;
  const count = [...program.values.keys()].filter((key) => key.startsWith(`${id}:`)).length;
  return portNames(record?.outputs ?? [], count).flatMap((port) => {
    const value = program.values.get(portKey(id, port));
    return value ? [{ port, value }] : [];
  });
}
