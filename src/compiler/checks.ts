/** What a drawing as a whole may get wrong, beyond single nodes and wires. */

import { bindAttributes } from './bind.ts';
import { inferOutputs } from './builder.ts';
import { checkLosses } from './checks/losses.ts';
import { checkValues } from './checks/values.ts';
import { type Diagnostic, DiagnosticError, diagnostic } from './diagnostics.ts';
import { bindShape, type Dim } from './dims.ts';
import type { GraphDocument } from './document.ts';
import type { Registry } from './op.ts';
import type { Program } from './phases/2-infer.ts';
import type { BuiltFunction } from './phases/functions/function-builder.ts';
import { portKey } from './result.ts';
import { nearest } from './spelling.ts';
import { bindType, printType } from './types.ts';

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

/**
 * Values that nothing reads. An input without a use is a mistake more often than a result without one. Labels that nobody
 * reads are not: learning without a teacher has none.
 */
function checkUse(document: GraphDocument, program: Program): Diagnostic[] {
  const read = new Set(Object.values(document.graph.edges).map(({ source }) => portKey(source.node, source.port)));
  return [...program.nodes.values()].flatMap((node) => {
    const { record, name } = node;
    const used = record.outputs.some((port) =>
      port.variadic
        ? [...read].some((key) => key.startsWith(`${node.id}:${port.name}.`))
        : read.has(portKey(node.id, port.name)),
    );
    if (record.outputs.length === 0) return [];
    const [column] = record.dataset?.(node.attributes, document.graph.datasets)?.columns ?? [];
    if (used && column && !read.has(portKey(node.id, 'x'))) {
      return diagnostic(
        'graph/unused',
        { node: node.id, port: 'x' },
        {
          severity: 'warning',
          title: `Nothing uses ${column.name}, the first column of ${name}`,
          cause: 'What is learned from it alone can be told from the examples. Wire x into the model.',
        },
      );
    }
    if (used) return [];
    const source = record.kind === 'input' || record.kind === 'parameter';
    return diagnostic(
      'graph/unused',
      { node: node.id },
      {
        severity: source ? 'warning' : 'notice',
        title: `Nothing uses ${name}`,
        cause: source
          ? `${record.kind === 'input' ? 'An Input' : 'A Parameter'} does something only where it is wired into what is computed.`
          : 'It is computed only to be shown here. Wire it onward, or to an Output or Metric.',
        fixes: source
          ? [{ label: `Remove ${name}`, safety: 'maybe', edits: [{ kind: 'remove-node', node: node.id }] }]
          : [],
      },
    );
  });
}

/** What compiles, and still is likely not what was meant. */
export function notices(document: GraphDocument, program: Program): Diagnostic[] {
  const found = [...checkValues(program), ...checkLosses(document, program), ...checkUse(document, program)];
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
          cause: `Only batch has a size there, ${bindings.batch}. Other sizes have to be numbers.${
            nearest(String(value.type.shape[axis]), ['batch']) ? ' Did you mean “batch”?' : ''
          }`,
        },
      ),
    ];
  }
  return [];
}

/** What fits a batch of any size may not fit one of this size, such as a window longer than the batch. */
export function checkBatch({ fn }: BuiltFunction, document: GraphDocument, registry: Registry): Diagnostic[] {
  const dims = { batch: document.graph.training.batchSize };
  for (const { op, inputs, attributes, origin } of fn.equations) {
    const record = registry.get(op);
    if (!record || origin === null || !inputs.some((input) => input?.type.shape.some(isNamed))) continue;
    try {
      const types = inputs.map((input) => (input ? bindType(input.type, dims) : null));
      inferOutputs(record, types, bindAttributes(record, attributes, dims));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      const { code, title, cause } = error.diagnostic;
      const name = document.graph.nodes[origin]?.name ?? origin;
      return [
        diagnostic(code, { node: origin }, { title: `${name} does not fit a batch of ${dims.batch}: ${title}`, cause }),
      ];
    }
  }
  return [];
}

const isNamed = (dim: Dim): boolean => typeof dim === 'string';

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
