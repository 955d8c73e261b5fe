/** The compiler's report in words, and the texts of phases that make no function. */
import type { AttributeValue } from './document.ts';
import type { FunctionIR } from './ir.ts';
import type { Badge } from './op.ts';
import type { ResolvedGraph, ResolvedNode } from './phases/1-resolve.ts';
import type { GraphPlan, Initializer, TrainingPlan } from './plan.ts';
import type { DerivedGraph } from './result.ts';
import { printType } from './types.ts';

/** `1 node`, `1,200 nodes`. */
export function amount(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

function printValue(value: AttributeValue): string {
  const text =
    typeof value === 'object' ? `[${value.slice(0, 8).join(', ')}${value.length > 8 ? ', …' : ''}]` : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function printNode({ name, record, attributes, inputs }: ResolvedNode, nameOf: (id: string) => string): string {
  const wires = inputs.flatMap(({ port, source }) =>
    source ? [`${port}: ${nameOf(source.node)}.${source.port}`] : [],
  );
  const changed = Object.entries(record.attributes).filter(
    ([key, { default: standard }]) => JSON.stringify(attributes[key]) !== JSON.stringify(standard),
  );
  const set = changed.map(([key]) => `${key}=${printValue(attributes[key])}`).join(', ');
  return `  ${name} = ${record.name}(${wires.join(', ')})${set === '' ? '' : ` {${set}}`}`;
}

/** Every node with its wires by name, in order of dependence. */
export function resolvedText({ order }: ResolvedGraph): string {
  const names = new Map(order.map(({ id, name }) => [id, name]));
  const lines = order.map((node) => printNode(node, (id) => names.get(id) ?? id));
  return `drawing\n${lines.join('\n')}\n`;
}

/** The function up to its cost: no gradients and no updates. */
export function forwardPart(fn: FunctionIR): FunctionIR {
  const equations = fn.equations.filter(({ role }) => role === 'forward');
  const made = new Set([...fn.inputs.map(({ value }) => value), ...equations.flatMap((equation) => equation.outputs)]);
  const used = new Set(equations.flatMap(({ inputs }) => inputs));
  const outputs = fn.outputs.filter(({ value, target }) => made.has(value) && target.kind !== 'state');
  return { ...fn, inputs: fn.inputs.filter(({ value }) => used.has(value)), equations, outputs };
}

export function typesOnCanvas(badges: ReadonlyMap<string, readonly Badge[]>): string {
  const all = [...badges.values()].flat();
  const told = (['broadcast', 'cast'] as const).flatMap((kind) => {
    const count = all.filter((badge) => badge.kind === kind).length;
    const what = kind === 'broadcast' ? 'shape is' : 'dtype is';
    const many = kind === 'broadcast' ? 'shapes are' : 'dtypes are';
    const done = kind === 'broadcast' ? 'stretched' : 'changed';
    return count === 0 ? [] : [`${count} ${count === 1 ? what : many} ${done}`];
  });
  const marks =
    told.length === 0
      ? 'nothing is stretched or cast here'
      : `${told.join(' and ')} without being asked, with a mark on the node`;
  return `The type below the name of each node; ${marks}.`;
}

export function canvasOf({ nodes }: DerivedGraph): string {
  const count = (role: 'backward' | 'update') => nodes.filter((node) => node.role === role).length;
  return `The layers: Backward shows ${amount(count('backward'), 'derived node')}, Update ${count('update')}. Select one for its equations.`;
}

export function onnxSize({ graphs }: TrainingPlan): string {
  const { train } = graphs.webgpu;
  return train ? `As ONNX ${(train.onnx.length / 1024).toFixed(1)} kB.` : '';
}

function printInitializer(initializer: Initializer): string {
  switch (initializer.kind) {
    case 'constant':
      return `all ${initializer.value}`;
    case 'uniform':
      return `uniform ${initializer.low.toPrecision(3)} … ${initializer.high.toPrecision(3)}`;
    case 'normal':
      return `normal ${initializer.mean} ± ${initializer.std.toPrecision(3)}`;
    case 'values':
      return 'given values';
    default:
      return initializer.kind;
  }
}

function printGraph(name: string, graph: GraphPlan): string[] {
  const inputs = graph.inputs.map((input) => `    in   ${input.name}: ${printType(input)} (${input.binding.kind})`);
  const outputs = graph.outputs.map(
    (output) => `    out  ${output.name}: ${printType(output)} (${output.binding.kind})`,
  );
  return [
    `  ${name}, ${amount(graph.batch, 'row')} a run, ${(graph.onnx.length / 1024).toFixed(1)} kB`,
    ...inputs,
    ...outputs,
  ];
}

/** State, data and graphs of a plan, for the form in which WebGPU runs it. */
export function planText({ state, columns, hyperparameters, batchSize, splits, graphs }: TrainingPlan): string {
  const { train, evaluate } = graphs.webgpu;
  const ranges = Object.entries(splits ?? {}).map(([split, rows]) => `${split} ${rows[0]} to ${rows[1]}`);
  return [
    `batch of ${amount(batchSize, 'row')}${ranges.length > 0 ? `; rows: ${ranges.join(', ')}` : ''}`,
    'data on the device',
    ...columns.map(({ id, dtype, shape }) => `  ${id}: ${printType({ dtype, shape })}`),
    'state, kept from step to step',
    ...state.map(
      ({ id, shape, initializer }) =>
        `  ${printType({ dtype: 'float32', shape })} = state ${id}` + `: ${printInitializer(initializer)}`,
    ),
    'numbers that can be changed while it runs',
    ...hyperparameters.map(({ name, initial }) => `  ${name}: ${initial}`),
    'graphs',
    ...(train ? printGraph('training step', train) : []),
    ...evaluate.flatMap((graph) => printGraph('evaluation', graph)),
  ]
    .join('\n')
    .concat('\n');
}
