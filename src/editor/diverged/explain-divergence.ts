/** Where a loss that is no number comes from: the first equation of a step whose results are not finite. */
import { type Diagnostic, diagnostic, type Edit, type Evidence, type Fix } from '../../compiler/diagnostics.ts';
import type { DocumentNode, GraphDocument } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { partOf } from '../../compiler/questions/pack.ts';
import type { Trace, TracedValue } from '../../compiler/questions/trace.ts';
import type { TraceFrame } from '../../runtime/protocol.ts';
import { elementName } from '../explain/elements.ts';
import { edgeInto } from '../store/graph-index.ts';
import { formatFigure } from '../widgets/format.ts';

type Graph = GraphDocument['graph'];

export interface Culprit {
  readonly value: TracedValue;
  readonly step: number;
  /** Of what it was made of: least and greatest. */
  readonly inputs: readonly { readonly value: TracedValue; readonly low: number; readonly high: number }[];
  /** The first element that is no finite number, if it was looked for. */
  readonly element?: { readonly name: string; readonly value: number };
}

/** The element, in a trace that has the value in full. */
export function findElement({ whole }: Trace, frames: readonly TraceFrame[], step: number): Culprit['element'] {
  const numbers = frames.find((frame) => frame.step === step)?.numbers;
  if (!whole || !numbers) return undefined;
  const values = partOf(numbers, whole);
  const index = values.findIndex((value) => !Number.isFinite(value));
  return index < 0 ? undefined : { name: elementName(index, whole.shape), value: values[index] ?? Number.NaN };
}

/** Null where all steps that were traced are finite. */
export function findCulprit({ values }: Trace, frames: readonly TraceFrame[]): Culprit | null {
  for (const { step, numbers } of frames) {
    const rangeOf = ({ range }: TracedValue) => partOf(numbers, range);
    const value = values.find((each) => !Number.isFinite(rangeOf(each)[2] ?? 0));
    if (!value) continue;
    const inputs = value.from.flatMap((at) => {
      const input = values[at];
      const [low = 0, high = 0] = input ? rangeOf(input) : [];
      return input ? [{ value: input, low, high }] : [];
    });
    return { value, step, inputs };
  }
  return null;
}

/** What the result of an operator is kept away from, by the operator; where it is the only input, or the last. */
const GUARDS: Readonly<Record<string, { readonly port: string; readonly min?: number; readonly max?: number }>> = {
  Log: { port: 'x', min: 1e-6 },
  Sqrt: { port: 'x', min: 1e-6 },
  Reciprocal: { port: 'x', min: 1e-6 },
  Exp: { port: 'x', max: 80 },
  Div: { port: 'b', min: 1e-6 },
};

function clip(graph: Graph, registry: Registry, node: DocumentNode): Fix[] {
  const guard = GUARDS[node.op];
  const port =
    guard && (registry.get(node.op)?.inputs.some(({ name }) => name === guard.port) ? guard.port : undefined);
  if (!guard || port === undefined || edgeInto(graph.edges, node.id, port) === undefined) return [];
  const { min, max } = guard;
  const bound = min === undefined ? `at most ${max}` : `at least ${min}`;
  const edit: Edit = {
    kind: 'insert-on-wire',
    target: { node: node.id, port },
    op: 'Clip',
    attributes: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
  };
  return [{ label: `Clip ${port} of ${node.name} to ${bound}`, safety: 'maybe', edits: [edit] }];
}

/** Log of Softmax is one operator that does not overflow. */
function stableForm(graph: Graph, node: DocumentNode): Fix[] {
  if (node.op !== 'Log') return [];
  const into = edgeInto(graph.edges, node.id, 'x');
  const wire = graph.edges[into ?? ''];
  const softmax = graph.nodes[wire?.source.node ?? ''];
  const before = softmax?.op === 'Softmax' ? graph.edges[edgeInto(graph.edges, softmax.id, 'x') ?? ''] : undefined;
  if (!wire || !softmax || !before) return [];
  const axis = softmax.attributes.axis;
  const edits: Edit[] = [
    { kind: 'set-operator', node: node.id, op: 'LogSoftmax' },
    ...(axis === undefined ? [] : [{ kind: 'set-attribute', node: node.id, attribute: 'axis', value: axis } as const]),
    { kind: 'move-wire', edge: wire.id, source: before.source },
  ];
  return [{ label: `Make ${softmax.name} and ${node.name} one LogSoftmax`, safety: 'safe', edits }];
}

/** The optimizer takes smaller steps. */
function lowerRate(graph: Graph, registry: Registry, rate: number | null): Fix[] {
  const optimizer = Object.values(graph.nodes).find(({ op }) => registry.get(op)?.kind === 'optimizer');
  const record = registry.get(optimizer?.op ?? '');
  if (!optimizer || !record || !('lr' in record.attributes) || edgeInto(graph.edges, optimizer.id, 'lr')) return [];
  const from = rate ?? Number(optimizer.attributes.lr ?? record.attributes.lr?.default);
  const to = Number((from / 10).toPrecision(3));
  if (!(to > 0)) return [];
  const edit: Edit = { kind: 'set-attribute', node: optimizer.id, attribute: 'lr', value: to };
  return [{ label: `Lower the learning rate from ${from} to ${to}`, safety: 'maybe', edits: [edit] }];
}

const WHAT = {
  input: 'holds a number that is not finite',
  forward: 'gives a number that is not finite',
  backward: 'has a gradient that is not finite',
  update: 'is updated to a number that is not finite',
} as const;

/** The problem as the user reads it. `title` is what the runtime said of the loss. */
export function explainDivergence(
  { graph }: GraphDocument,
  registry: Registry,
  culprit: Culprit | null,
  { title, rate }: { readonly title: string; readonly rate: number | null },
): Diagnostic {
  const slower = lowerRate(graph, registry, rate);
  const node = graph.nodes[culprit?.value.node ?? ''];
  if (!culprit || !node) return { ...diagnostic('runtime/diverged', {}, { title, severity: 'error' }), fixes: slower };
  const { value, step, inputs, element } = culprit;
  const isWhole = element?.name === '[]';
  const which = element ? ` ${isWhole ? 'It' : `Its element ${element.name}`} is ${formatFigure(element.value)}.` : '';
  const nameOf = (each: TracedValue) => graph.nodes[each.node ?? '']?.name ?? each.op;
  const evidence = inputs.map(({ value: input, low, high }): Evidence => {
    const role = input.role === 'backward' ? 'gradient at ' : '';
    const range = low === high ? formatFigure(low) : `${formatFigure(low)} to ${formatFigure(high)}`;
    const place = graph.nodes[input.node ?? ''];
    return { label: `${role}${nameOf(input)}`, text: range, ...(place && { node: place.id }) };
  });
  const isComputed = value.role === 'forward' || value.role === 'backward';
  const fixes = isComputed ? [...stableForm(graph, node), ...clip(graph, registry, node)] : [];
  return {
    ...diagnostic(
      'runtime/diverged',
      { node: node.id },
      {
        severity: 'error',
        title: `${node.name} ${WHAT[value.role]}, in step ${step}`,
        cause: `${value.op} is the first in that step with a result that is no finite number; what it got is below.${which} ${title}`,
        evidence,
      },
    ),
    fixes: [...fixes, ...slower],
  };
}
