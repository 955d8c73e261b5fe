import { FOREIGN, foreignNode, parseType } from '../compiler/foreign.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';

const foreign = defineOp({
  name: FOREIGN,
  kind: 'foreign',
  category: 'Sources',
  internal: true,
  glyph: '?',
  aliases: ['ONNX node', 'custom operator', 'opaque'],
  inputs: [{ name: 'x', doc: 'What the node of the model reads.', variadic: true, optional: true }],
  outputs: [{ name: 'y', doc: 'What it computes.', variadic: true }],
  attributes: {
    operator: attr.string('', 'Its operator in ONNX.'),
    domain: attr.string('', 'The domain of the operator; empty is that of ONNX.'),
    version: attr.int(1, 'The version of the domain.'),
    types: attr.strings([], 'The types of its outputs, such as f32[batch,3].'),
    node: attr.string('', 'The node with its attributes, as base64 of its bytes in the model.'),
    inputs: attr.ints([], 'The types of its inputs in the model, as ONNX numbers them.'),
    outputs: attr.ints([], 'The types of its outputs in the model, as ONNX numbers them.'),
  },
  infer: ({ attributes: { types, node }, fail }) =>
    types.map((text) => {
      const type = foreignNode(node) && parseType(text);
      return type ?? fail('attribute/invalid', { title: `${text} is no type of a tensor`, attribute: 'types' });
    }),
  gradient: {
    none: 'undefined',
    reason: 'It was kept from an ONNX model as it is, and nothing is known of its derivative.',
  },
  doc: {
    summary: 'A node of an imported model that the language has no operator for; it is exported again unchanged.',
    formula: 'y = f(x)',
  },
  examples: [],
});

export const foreignOps: readonly OpRecord[] = [foreign];
