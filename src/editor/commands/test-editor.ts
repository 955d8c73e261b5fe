/** An editor over a few operators for tests of commands. Check accepts everything. */
import { attr, defineOp, type OpRecord, type PortSpec, type Registry } from '../../compiler/op.ts';
import type { CheckResult } from '../../compiler/result.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';

/** Of a drawing of which there is nothing to say. */
export const NOTHING: CheckResult = {
  diagnostics: [],
  types: new Map(),
  blocked: new Set(),
  badges: new Map(),
  cost: null,
  updates: new Map(),
};

function port(name: string, more: Partial<PortSpec> = {}): PortSpec {
  return { name, doc: '', ...more };
}

type Definition = Pick<OpRecord, 'name' | 'inputs' | 'outputs'> & Partial<OpRecord>;

function op(definition: Definition): OpRecord {
  return defineOp({
    category: 'Arithmetic',
    glyph: '?',
    attributes: { scale: attr.float(1, 'A factor'), sizes: attr.ints([], 'Sizes') },
    infer: () => [],
    gradient: { none: 'undefined', reason: 'Only for tests.' },
    doc: { summary: '' },
    examples: [],
    ...definition,
  });
}

const records = [
  op({ name: 'Source', inputs: [], outputs: [port('y')] }),
  op({ name: 'Parameter', kind: 'parameter', inputs: [port('update', { optional: true })], outputs: [port('value')] }),
  op({ name: 'Relu', inputs: [port('x')], outputs: [port('y')] }),
  op({ name: 'Add', inputs: [port('a'), port('b')], outputs: [port('y')] }),
  op({ name: 'Concat', inputs: [port('parts', { variadic: true })], outputs: [port('y')] }),
  op({
    name: 'Grad',
    kind: 'gradient',
    inputs: [port('cost'), port('wrt', { variadic: true })],
    outputs: [port('gradient', { variadic: true })],
  }),
];

export const testRegistry: Registry = new Map(records.map((record) => [record.name, record]));

export function createTestEditor(now?: () => number): Editor {
  return createEditor({ registry: testRegistry, check: () => NOTHING, now });
}

/** Ids of nodes by name. */
export function idOf(editor: Editor, name: string): string {
  const found = Object.values(editor.document.getState().document.graph.nodes).find((node) => node.name === name);
  if (!found) throw new Error(`There is no node ${name}`);
  return found.id;
}

/** The wires as `source.port > target.port` by name, sorted. */
export function wiring(editor: Editor): string[] {
  const { nodes, edges } = editor.document.getState().document.graph;
  return Object.values(edges)
    .map(({ source, target }) => {
      return `${nodes[source.node]?.name}.${source.port} > ${nodes[target.node]?.name}.${target.port}`;
    })
    .sort();
}
