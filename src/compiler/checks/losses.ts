/** Losses that get probabilities where they take scores, or the other way round; operators across the rows of a batch. */
import { type Diagnostic, diagnostic, type Edit, type Fix } from '../diagnostics.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import type { Equation, Value } from '../ir.ts';
import type { ResolvedNode } from '../phases/1-resolve.ts';
import type { Program } from '../phases/2-infer.ts';
import { normalizeAxis } from '../types.ts';
import { definitionsOf } from './program.ts';

interface Context {
  readonly document: GraphDocument;
  readonly program: Program;
  readonly definitions: ReadonlyMap<Value, Equation>;
}

const VIEWS = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);

/** What made a value, behind operators that only arrange it. */
function madeBy(value: Value | null | undefined, { definitions }: Context): Equation | undefined {
  let eq = value ? definitions.get(value) : undefined;
  while (eq && VIEWS.has(eq.op)) eq = eq.inputs[0] ? definitions.get(eq.inputs[0]) : undefined;
  return eq;
}

const nodeOf = (eq: Equation | undefined, { program }: Context): ResolvedNode | undefined =>
  eq?.origin == null ? undefined : program.nodes.get(eq.origin);

/** Takes a node off the way from what is wired to it to each of its users on that way. */
function bypass(node: ResolvedNode, user: NodeId, { document }: Context): Edit[] {
  const source = node.inputs[0]?.source;
  const wire = Object.values(document.graph.edges).find(
    ({ source: from, target }) => from.node === node.id && target.node === user,
  );
  return source && wire ? [{ kind: 'move-wire', edge: wire.id, source }] : [];
}

/** The wires a node is the only user of keep their meaning if it becomes another operator. */
function users(node: ResolvedNode, { document }: Context): number {
  return Object.values(document.graph.edges).filter(({ source }) => source.node === node.id).length;
}

function classesOf(eq: Equation): number | null {
  const shape = eq.outputs[0]?.type.shape ?? [];
  const dim = shape[normalizeAxis(Number(eq.attributes.axis ?? -1), shape.length)];
  return typeof dim === 'number' ? dim : null;
}

const MADE: Readonly<Record<string, string>> = {
  Softmax: 'probabilities',
  Sigmoid: 'probabilities',
  LogSoftmax: 'logarithms of probabilities',
};

/** Scores, as they come from a layer, could be any numbers. */
const SCORES = new Set(['MatMul', 'Gemm', 'Add', 'Sub', 'Conv', 'Relu', 'Tanh']);

function lossOfLogits(loss: ResolvedNode, made: ResolvedNode, eq: Equation, ctx: Context): Diagnostic | null {
  const what = MADE[eq.op];
  if (!what) return null;
  const port = loss.inputs[0]?.port ?? 'logits';
  const binary = loss.record.name === 'BinaryCrossEntropyWithLogits';
  const again = binary ? 'Sigmoid' : 'Softmax';
  const edits = bypass(made, loss.id, ctx);
  const fixes: Fix[] = edits.length > 0 ? [{ label: `Take the wire before ${made.name}`, safety: 'maybe', edits }] : [];
  const classes = classesOf(eq);
  if (binary && eq.op !== 'Sigmoid' && classes !== null && classes > 1) {
    return diagnostic(
      'loss/logits',
      { node: loss.id, port },
      {
        severity: 'warning',
        title: `${loss.name} takes each of ${classes} classes for itself, but ${made.name} shares one probability among them`,
        cause:
          'Binary cross-entropy belongs to Sigmoid; to Softmax belongs SoftmaxCrossEntropyLoss, with class numbers.',
        evidence: [{ label: port, text: `${made.name}, a ${eq.op}`, node: made.id }],
        fixes,
      },
    );
  }
  return diagnostic(
    'loss/logits',
    { node: loss.id, port },
    {
      severity: eq.op === 'LogSoftmax' && !binary ? 'notice' : 'warning',
      title: `${loss.name} takes scores and applies ${again} itself, but ${made.name} gives ${what}`,
      cause:
        eq.op === 'LogSoftmax' && !binary
          ? 'The result is the same; the work is done twice.'
          : `Applied twice, it flattens the differences between scores, and gradients become small.`,
      evidence: [{ label: port, text: `${made.name}, a ${eq.op}`, node: made.id }],
      fixes,
    },
  );
}

function lossOfLogProbabilities(loss: ResolvedNode, made: ResolvedNode, eq: Equation, ctx: Context): Diagnostic | null {
  const probable = eq.op === 'Softmax' || eq.op === 'Sigmoid';
  if (!probable && !SCORES.has(eq.op)) return null;
  const port = loss.inputs[0]?.port ?? 'logProbabilities';
  const target = { node: loss.id, port };
  const insert = (label: string, op: string, attributes = {}): Fix => ({
    label,
    safety: 'maybe',
    edits: [{ kind: 'insert-on-wire', target, op, attributes }],
  });
  const exchanged: Fix[] =
    eq.op === 'Softmax' && users(made, ctx) === 1
      ? [
          {
            label: `Make ${made.name} a LogSoftmax`,
            safety: 'safe',
            edits: [{ kind: 'set-operator', node: made.id, op: 'LogSoftmax' }],
          },
        ]
      : [];
  return diagnostic('loss/logits', target, {
    severity: 'warning',
    title: probable
      ? `${loss.name} takes logarithms of probabilities, but ${made.name} gives probabilities`
      : `${loss.name} takes logarithms of probabilities, but ${made.name} gives scores`,
    cause:
      'The loss is minus the entry of the right class: it is a likelihood only of logarithms, as LogSoftmax gives them.',
    evidence: [{ label: port, text: `${made.name}, a ${eq.op}`, node: made.id }],
    fixes: probable
      ? [...exchanged, insert(`Take the logarithm of ${made.name}`, 'Log')]
      : [insert(`Put LogSoftmax before ${loss.name}`, 'LogSoftmax', { axis: 1 })],
  });
}

/** log(1 - p) of shares of one probability: each class is judged for itself. */
function drawnBinary(eq: Equation, ctx: Context): Diagnostic | null {
  const complement = madeBy(eq.inputs[0], ctx);
  const made = complement?.op === 'Sub' ? madeBy(complement.inputs[1], ctx) : undefined;
  const [node, softmax] = [nodeOf(eq, ctx), nodeOf(made, ctx)];
  if (!node || !made || !softmax || made.op !== 'Softmax') return null;
  const classes = classesOf(made);
  if (classes === null || classes < 2) return null;
  return diagnostic(
    'loss/logits',
    { node: node.id },
    {
      severity: 'warning',
      title: `Softmax with binary cross-entropy: ${node.name} takes each of ${classes} classes of ${softmax.name} for itself`,
      cause:
        'The terms (1 - y) log(1 - p) belong to Sigmoid. Probabilities of Softmax sum to 1, and the logarithm of the right one is all there is to a loss.',
      evidence: [{ label: softmax.name, text: `a Softmax over ${classes} classes`, node: softmax.id }],
      fixes:
        users(softmax, ctx) > 0
          ? [
              {
                label: `Make ${softmax.name} a Sigmoid`,
                safety: 'maybe',
                edits: [
                  { kind: 'set-operator', node: softmax.id, op: 'Sigmoid' },
                  { kind: 'remove-attribute', node: softmax.id, attribute: 'axis' },
                ],
              },
            ]
          : [],
    },
  );
}

const ACROSS = new Set(['ArgMax', 'ArgMin', 'Softmax', 'LogSoftmax', 'Hardmax']);

/** A choice among the rows of a batch, where one among the columns was meant. */
function acrossRows(eq: Equation, ctx: Context): Diagnostic | null {
  const node = nodeOf(eq, ctx);
  const shape = eq.inputs[0]?.type.shape ?? [];
  const axis = normalizeAxis(Number(eq.attributes.axis), shape.length);
  const [rows] = shape;
  if (!node || shape.length < 2 || axis !== 0 || rows !== 'batch') return null;
  return diagnostic(
    'value/batch-axis',
    { node: node.id, attribute: 'axis' },
    {
      severity: 'warning',
      title: `${node.name}: axis 0 is the ${rows} axis, so ${eq.op} compares the rows with each other`,
      cause: `The result for one row depends on which others are in the ${rows}. Classes are along the last axis.`,
      evidence: [{ label: node.inputs[0]?.port ?? 'x', text: `[${shape.join(', ')}]` }],
      fixes: [
        {
          label: 'Take the last axis',
          safety: 'maybe',
          edits: [{ kind: 'set-attribute', node: node.id, attribute: 'axis', value: -1 }],
        },
      ],
    },
  );
}

export function checkLosses(document: GraphDocument, program: Program): Diagnostic[] {
  const ctx: Context = { document, program, definitions: definitionsOf(program) };
  return program.builder.equations.flatMap((eq) => {
    const node = nodeOf(eq, ctx);
    if (!node) return [];
    if (ACROSS.has(eq.op)) return acrossRows(eq, ctx) ?? [];
    if (eq.op === 'Log') return drawnBinary(eq, ctx) ?? [];
    const made = madeBy(eq.inputs[0], ctx);
    const maker = nodeOf(made, ctx);
    if (!made || !maker) return [];
    if (eq.op === 'NegativeLogLikelihoodLoss') return lossOfLogProbabilities(node, maker, made, ctx) ?? [];
    if (eq.op === 'SoftmaxCrossEntropyLoss' || eq.op === 'BinaryCrossEntropyWithLogits') {
      return lossOfLogits(node, maker, made, ctx) ?? [];
    }
    return [];
  });
}
