/** What data nodes may be read for: rows that judge a model have no part in making it. */
import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import type { Value } from '../ir.ts';
import type { ResolvedNode } from '../phases/1-resolve.ts';
import type { Program } from '../phases/2-infer.ts';
import { loopOptions } from '../training-options.ts';

type Named = 'validation' | 'test';

/** The Data nodes behind each value that are read for one split only. */
function namedSources(program: Program): ReadonlyMap<Value, ReadonlySet<ResolvedNode>> {
  const found = new Map<Value, ReadonlySet<ResolvedNode>>();
  const named = new Map(
    program.datasets.flatMap(({ node }) => (node.attributes.split === 'any' ? [] : [[node.id, node] as const])),
  );
  if (named.size === 0) return found;
  for (const { value, source } of program.builder.inputs) {
    const node = source.kind === 'data' ? named.get(source.node) : undefined;
    if (node) found.set(value, new Set([node]));
  }
  for (const { inputs, outputs } of program.builder.equations) {
    const behind = new Set(inputs.flatMap((input) => [...((input && found.get(input)) ?? [])]));
    if (behind.size > 0) for (const output of outputs) found.set(output, behind);
  }
  return found;
}

const splitOf = (node: ResolvedNode) => node.attributes.split as Named;

/** The nodes from one to another along wires, both included; only the first where there is no way. */
function wayBetween({ nodes }: Program, from: NodeId, to: NodeId): NodeId[] {
  const before = new Map<NodeId, NodeId | null>([[to, null]]);
  const waiting = [to];
  for (const at of waiting) {
    if (at === from) {
      const way: NodeId[] = [];
      for (let step: NodeId | null = at; step !== null; step = before.get(step) ?? null) way.push(step);
      return way;
    }
    for (const { source } of nodes.get(at)?.inputs ?? []) {
      if (!source || before.has(source.node)) continue;
      before.set(source.node, at);
      waiting.push(source.node);
    }
  }
  return [from];
}

/** Gradients and updates that would see rows of the validation or the test split. */
export function checkSplits(program: Program): Diagnostic[] {
  const sources = namedSources(program);
  const learned = [
    ...program.optimizers.flatMap(({ node, cost, lr }) =>
      [cost, ...(lr ? [lr] : [])].map((value) => ({ node, value })),
    ),
    ...program.updates,
  ];
  const leaks = learned.flatMap(({ node, value }) =>
    [...(sources.get(value) ?? [])].map((data) =>
      diagnostic(
        'data/split',
        { node: data.id, attribute: 'split', path: wayBetween(program, data.id, node.id) },
        {
          title: `${node.name} would learn from ${splitOf(data)} rows, which ${data.name} reads`,
          cause:
            splitOf(data) === 'test'
              ? 'What a model has learned from cannot tell how well it does on new data. Read the test split in metrics only.'
              : 'The validation split judges what the training split taught. Read it in metrics only.',
          evidence: [{ label: node.name, text: 'depends on it', node: node.id }],
          fixes: [
            {
              label: `Read training rows in ${data.name}`,
              safety: 'maybe',
              edits: [{ kind: 'remove-attribute', node: data.id, attribute: 'split' }],
            },
          ],
        },
      ),
    ),
  );
  const mixed = program.metrics.flatMap(({ node, value }) => {
    const behind = [...(sources.get(value) ?? [])];
    const other = behind.find((data) => splitOf(data) !== splitOf(behind[0] as ResolvedNode));
    const [first] = behind;
    return first && other
      ? diagnostic(
          'data/split',
          { node: node.id },
          {
            title: `${node.name} compares ${splitOf(first)} rows of ${first.name} with ${splitOf(other)} rows of ${other.name}`,
            cause: 'A metric is computed on one split at a time, so the two never meet.',
          },
        )
      : [];
  });
  const absent = program.datasets.flatMap(({ node, info }) =>
    splitOf(node) === 'test' && !info.splits.test
      ? diagnostic(
          'data/split',
          { node: node.id, attribute: 'split' },
          {
            severity: 'warning',
            title: `${info.name} has no test split, so what ${node.name} reads is never computed`,
            cause: 'Change how the rows of the data set are divided, or read the validation split.',
          },
        )
      : [],
  );
  return [...leaks, ...mixed, ...absent];
}

/** The metrics that are computed on one split only, by name. */
export function metricSplits(program: Program): Readonly<Record<string, Named>> {
  const sources = namedSources(program);
  return Object.fromEntries(
    program.metrics.flatMap(({ node, value }) => {
      const [data] = sources.get(value) ?? [];
      return data ? [[node.name, splitOf(data)] as const] : [];
    }),
  );
}

/** Values of rows that a training step does not have, so that they cannot be watched while it runs. */
export function unwatchable(program: Program): ReadonlySet<Value> {
  return new Set(namedSources(program).keys());
}

/** Wires from a column that the data set does not have. */
export function checkColumns(program: Program): Diagnostic[] {
  return program.datasets.flatMap(({ node, info }) => {
    const missing = node.record.outputs.slice(info.columns.length).map((port) => port.name);
    const read = [...program.nodes.values()].find(({ inputs }) =>
      inputs.some(({ source }) => source?.node === node.id && missing.includes(source.port)),
    );
    return read
      ? diagnostic(
          'data/column',
          { node: node.id, port: missing[0] },
          {
            title: `${info.name} has no labels, so ${node.name} has no ${missing[0]}, which ${read.name} takes`,
            cause: 'Give a column of the data set the role of a label, in the Data panel, or take x.',
            evidence: [{ label: read.name, text: `waits for ${missing[0]}`, node: read.id }],
          },
        )
      : [];
  });
}

/** The test split must not choose when training ends, which parameters are best, or how fast it learns. */
export function checkMonitor(program: Program, { graph }: GraphDocument): Diagnostic[] {
  const { validation, earlyStopping, best, schedule } = loopOptions(graph.training);
  const uses = [
    ...(earlyStopping.rule === 'off' ? [] : ['early stopping']),
    ...(best === 'off' ? [] : ['the choice of the best parameters']),
    ...(schedule.kind === 'plateau' ? ['the learning rate'] : []),
  ];
  const metric = program.metrics.find(({ node }) => node.name === validation.monitor);
  if (!metric || uses.length === 0 || metricSplits(program)[metric.node.name] !== 'test') return [];
  return [
    diagnostic(
      'data/split',
      { node: metric.node.id },
      {
        title: `${metric.node.name} is of the test split, but ${uses.join(' and ')} would follow it`,
        cause:
          'What follows the test split is fitted to it, and the split no longer tells how well the model does on new data. ' +
          'Follow the loss, or a metric of the validation split.',
      },
    ),
  ];
}
