import { describe, expect, test } from 'vitest';
import { drawing, evaluate, messages } from '../../../../scripts/drawing.ts';
import { check, compile } from '../../../compiler/compile.ts';
import type { GraphDocument } from '../../../compiler/document.ts';
import { flatten } from '../../../compiler/flatten.ts';
import { recordOf } from '../../../compiler/modules.ts';
import { tensorData } from '../../../compiler/types.ts';
import { registry } from '../../../nodes/registry.ts';
import { addModule, unpackModule } from '../../commands/modules.ts';
import { idOf } from '../../commands/test-editor.ts';
import { createEditor } from '../../store/create-editor.ts';
import { moduleLibrary } from './library.ts';

/** What goes into each input. */
const INPUTS: Record<string, Record<string, readonly number[]>> = {
  dense: { x: [3, 64] },
  conv_block: { x: [2, 1, 6, 6] },
  lenet_block: { x: [1, 1, 16, 16] },
  residual_block: { x: [2, 8, 4, 4] },
  batch_norm: { x: [5, 8, 2, 2] },
  attention_block: { x: [2, 3, 16] },
  gru_cell: { x: [3, 16], h: [3, 16] },
};

const values = (count: number, seed: number) => Array.from({ length: count }, (_, at) => Math.sin(at * 1.7 + seed));
const sizeOf = (shape: readonly (number | string)[]) =>
  shape.reduce<number>((product, dim) => product * Number(dim), 1);

/** An instance of the module, the sum of the squares of its output, and the gradients of that by all its parameters. */
function using(name: string): GraphDocument {
  const ready = moduleLibrary.find((module) => module.name === name);
  if (!ready) throw new Error(`There is no module ${name}`);
  const inputs = Object.entries(INPUTS[name] ?? {});
  const constants = inputs.map(
    ([port, shape], at) => [`in_${port}`, ['Constant', {}, { shape, values: values(sizeOf(shape), at) }]] as const,
  );
  const document = drawing({
    ...Object.fromEntries(constants),
    block: [`module:${name}`, Object.fromEntries(inputs.map(([port]) => [port, `in_${port}`]))],
    square: ['Mul', { a: 'block:y', b: 'block:y' }],
    cost: ['ReduceSum', { x: 'square' }],
    sgd: ['SGD', { cost: 'cost' }, { lr: 0.01 }],
    out: ['Output', { value: 'cost' }],
  });
  return { ...document, graph: { ...document.graph, modules: { [name]: { id: name, ...ready.definition } } } };
}

function unpacked(name: string): GraphDocument {
  const editor = createEditor({ registry, check, document: using(name) });
  editor.ui.select([idOf(editor, 'block')]);
  unpackModule.run(editor);
  return editor.whole.getState().document;
}

/** The gradients of the cost by the trainable parameters of a drawing, which begin with the same values by number. */
async function gradients(document: GraphDocument): Promise<number[][]> {
  const flat = flatten(document, registry).document;
  const parameters = Object.values(flat.graph.nodes).filter(({ op }) => op === 'Parameter');
  const trainable = parameters.filter(({ attributes }) => attributes.trainable !== false);
  const nodes = { ...flat.graph.nodes };
  const edges = { ...flat.graph.edges };
  const add = (node: string, op: string) => {
    nodes[node] = { id: node, op, name: node, attributes: {} };
  };
  const wire = (source: string, port: string, target: string, into: string) => {
    const id = `test ${target} ${into}`;
    edges[id] = { id, source: { node: source, port }, target: { node: target, port: into } };
  };
  const cost = Object.values(nodes).find(({ name }) => name === 'cost')?.id ?? '';
  add('grad', 'Grad');
  wire(cost, 'y', 'grad', 'cost');
  trainable.forEach(({ id }, at) => {
    wire(id, 'value', 'grad', `wrt.${at}`);
    add(`g${at}`, 'Output');
    wire('grad', `gradient.${at}`, `g${at}`, 'value');
  });
  const feeds = parameters.map(({ name, attributes }, at) => {
    const shape = attributes.shape as number[];
    const positive = attributes.initializer === 'ones' ? 1.5 : 0;
    const data = values(sizeOf(shape), at).map((value) => positive + value / 2);
    return [name, tensorData('float32', shape, data)] as const;
  });
  const results = await evaluate({ ...flat, graph: { ...flat.graph, nodes, edges } }, Object.fromEntries(feeds));
  return trainable.map((_, at) => Array.from(results[`g${at}`]?.data ?? [], Number));
}

describe.each(moduleLibrary.map((module) => [module.name, module] as const))('%s', (name, { definition, places }) => {
  test('is placed, described and instantiates without a complaint', () => {
    expect(definition.description).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(places).sort()).toEqual(Object.keys(definition.nodes).sort());
    expect(messages(using(name), ['error', 'warning'])).toEqual([]);
    const record = recordOf(using(name).graph.modules, registry, `module:${name}`);
    const exposed = (definition.exposed ?? []).map(({ as }) => as);
    expect(Object.keys(record?.attributes ?? {})).toEqual(['parameters', ...exposed]);
    expect(record?.inputs.map((port) => port.name)).toEqual(Object.keys(INPUTS[name] ?? {}));
  });

  test('trains all its parameters', () => {
    const { plan, diagnostics } = compile(using(name), registry);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const parameters = Object.values(definition.nodes).filter(({ op }) => op === 'Parameter');
    const slots = plan?.state.filter(({ kind }) => kind === 'parameter').map(({ id }) => id);
    expect(slots?.toSorted()).toEqual(parameters.map((node) => `block/${node.name}`).sort());
    const updated = check(using(name), registry).updates;
    expect(updated.size).toBe(parameters.length);
  });

  test('has the gradients of its nodes', async () => {
    const [packed, flat] = [await gradients(using(name)), await gradients(unpacked(name))];
    expect(packed.length).toBeGreaterThan(0);
    expect(packed).toEqual(flat);
    expect(packed.every((gradient) => gradient.some((value) => Math.abs(value) > 1e-6))).toBe(true);
  });
});

test('a second instance uses the definition that is there', () => {
  const editor = createEditor({ registry, check });
  addModule.run(editor, { library: 'dense' });
  addModule.run(editor, { library: 'dense' });
  const { modules, nodes } = editor.whole.getState().document.graph;
  expect(Object.keys(modules ?? {})).toEqual(['dense']);
  expect(Object.values(nodes).map(({ name, op }) => [name, op])).toEqual([
    ['dense', 'module:dense'],
    ['dense2', 'module:dense'],
  ]);
  editor.document.undo();
  editor.document.undo();
  expect(editor.whole.getState().document.graph.modules).toBeUndefined();
});
