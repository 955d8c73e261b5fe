/** What a drawing as a whole may get wrong, beyond single nodes and wires. */
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { bindShape } from './dims.ts';
import type { GraphDocument } from './document.ts';
import type { Program } from './phases/2-infer.ts';
import type { BuiltFunction } from './phases/functions/function-builder.ts';
import { printType } from './types.ts';

/** One function reads rows of one data set. */
export function checkData(program: Program): Diagnostic[] {
  const [first, ...others] = program.datasets;
  const odd = others.find(({ info }) => info.name !== first?.info.name);
  if (!first || !odd) return [];
  return [
    diagnostic(
      'data/several',
      { node: odd.node.id, attribute: 'dataset' },
      {
        title: `${first.node.name} reads ${first.info.name}, but ${odd.node.name} reads ${odd.info.name}`,
        cause: 'Rows of one batch are picked by the same numbers, so all Data nodes read the same data set.',
        fixes: [
          {
            label: `Read ${first.info.name} in ${odd.node.name}`,
            safety: 'maybe',
            edits: [{ kind: 'set-attribute', node: odd.node.id, attribute: 'dataset', value: first.info.name }],
          },
        ],
      },
    ),
  ];
}

/** Values that nothing reads, and drawings without anything to train. */
export function notices(document: GraphDocument, program: Program): Diagnostic[] {
  const found: Diagnostic[] = [];
  const read = new Set(Object.values(document.graph.edges).map((edge) => edge.source.node));
  for (const node of program.nodes.values()) {
    const { record } = node;
    if (record.outputs.length === 0 || read.has(node.id)) continue;
    found.push(
      diagnostic(
        'graph/unused',
        { node: node.id },
        {
          severity: 'notice',
          title: `Nothing uses ${node.name}`,
          cause: 'It is computed only to be shown here. Wire it onward, or to an Output or Metric.',
        },
      ),
    );
  }
  if (program.nodes.size > 0 && program.optimizers.length === 0 && program.updates.length === 0) {
    found.push(
      diagnostic(
        'graph/nothing-to-train',
        {},
        { severity: 'notice', title: 'There is nothing to train yet: add an optimizer' },
      ),
    );
  }
  return found;
}

/** Training knows one named size, that of a batch. Reports the first value whose size it cannot tell. */
export function checkSizes({ fn }: BuiltFunction, document: GraphDocument): Diagnostic[] {
  const bindings = { batch: document.graph.training.batchSize };
  const values = [
    ...fn.inputs.map(({ value, source }) => ({ value, node: source.node })),
    ...fn.equations.flatMap(({ outputs, origin }) => outputs.map((value) => ({ value, node: origin }))),
  ];
  for (const { value, node } of values) {
    const axis = bindShape(value.type.shape, bindings).findIndex((dim) => typeof dim === 'string' || dim < 0);
    if (axis < 0 || node === null) continue;
    const name = document.graph.nodes[node]?.name ?? node;
    return [
      diagnostic(
        'shape/symbolic',
        { node },
        {
          title: `${name} is ${printType(value.type)}: in training the size ${value.type.shape[axis]} is not known`,
          cause: `Only batch has a size there, ${bindings.batch}. Other sizes have to be numbers.`,
        },
      ),
    ];
  }
  return [];
}

/** Training has no caller who would supply an Input; exported, the step takes it as an input of its own. */
export function checkInputs({ fn }: BuiltFunction, document: GraphDocument): Diagnostic[] {
  return fn.inputs.flatMap(({ source }) =>
    source.kind === 'feed'
      ? diagnostic(
          'data/none',
          { node: source.node },
          {
            severity: 'warning',
            title: `Training needs values for ${document.graph.nodes[source.node]?.name ?? source.name}, and an Input has none`,
            cause:
              'An Input is supplied by whoever calls the exported model. To train here, use a Data node, or a Parameter or Constant.',
          },
        )
      : [],
  );
}
