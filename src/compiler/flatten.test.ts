import { expect, test } from 'vitest';
import { drawing, evaluate, messages } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { check, compile } from './compile.ts';
import type { GraphDocument, ModuleDefinition } from './document.ts';
import { parseDocument, printDocument } from './document-parse.ts';
import { flatten } from './flatten.ts';
import { recordOf } from './modules.ts';
import { printType, tensorData } from './types.ts';

type Drawn = Parameters<typeof drawing>[0];

/** A drawing with modules, each drawn like one. */
function withModules(
  drawn: Drawn,
  modules: Readonly<Record<string, Drawn>>,
  more: Partial<ModuleDefinition> = {},
): GraphDocument {
  const { graph, ...document } = drawing(drawn);
  const definitions = Object.entries(modules).map(([id, inner]) => {
    const { nodes, edges } = drawing(inner).graph;
    return [id, { id, name: id.toUpperCase(), description: '', nodes, edges, ...more }] as const;
  });
  return { ...document, graph: { ...graph, modules: Object.fromEntries(definitions) } };
}

const dense: Drawn = {
  x: ['ModuleInput'],
  W: ['Parameter', {}, { shape: [2, 2] }],
  product: ['MatMul', { a: 'x', b: 'W' }],
  y: ['ModuleOutput', { value: 'product' }],
};

const x = ['Constant', {}, { values: [1, 1], shape: [1, 2] }] as const;

test('an instance computes what its nodes compute', async () => {
  const document = withModules(
    { x, a: ['module:dense', { x: 'x' }], b: ['module:dense', { x: 'a:y' }], out: ['Output', { value: 'b:y' }] },
    { dense },
  );
  expect(messages(document)).toEqual([]);
  const flat = flatten(document, registry).document.graph;
  expect(Object.values(flat.nodes).map(({ name }) => name)).toEqual([
    'x',
    'a/W',
    'a/product',
    'b/W',
    'b/product',
    'out',
  ]);
  const W = tensorData('float32', [2, 2], [1, 2, 3, 4]);
  const { out } = await evaluate(document, { 'a/W': W, 'b/W': W });
  // [1 1] W = [4 6]; [4 6] W = [22 32]
  expect(Array.from(out?.data ?? [], Number)).toEqual([22, 32]);
});

test('parameters are own or shared', () => {
  const shared = { parameters: 'shared' };
  const document = withModules(
    {
      x,
      a: ['module:dense', { x: 'x' }, shared],
      b: ['module:dense', { x: 'a:y' }, shared],
      c: ['module:dense', { x: 'b:y' }],
      loss: ['ReduceSum', { x: 'c:y' }],
      sgd: ['SGD', { cost: 'loss' }],
    },
    { dense },
  );
  expect(messages(document)).toEqual([]);
  const slots = compile(document, registry).plan?.state.map(({ id }) => id);
  expect(slots).toEqual(['shared/DENSE/W', 'c/W']);
});

test('instances that share a parameter cannot each update it', () => {
  const counter: Drawn = {
    x: ['ModuleInput'],
    W: ['Parameter', { update: 'next' }, { shape: [1, 2] }],
    next: ['Add', { a: 'W', b: 'x' }],
    y: ['ModuleOutput', { value: 'next' }],
  };
  const counting = (parameters: string) =>
    withModules(
      {
        x,
        a: ['module:counter', { x: 'x' }, { parameters }],
        b: ['module:counter', { x: 'a:y' }, { parameters }],
        c: ['module:counter', { x: 'b:y' }, { parameters }],
        out: ['Output', { value: 'c:y' }],
      },
      { counter },
    );
  const shared = counting('shared');
  expect(messages(shared)).toEqual(['module/shared-update module:counter/W: shared/COUNTER/W: a, b, c each update it']);
  const [found] = check(shared, registry).diagnostics;
  expect(found?.place).toEqual({ node: 'module:counter/W', port: 'update' });
  expect(found?.fixes[0]?.edits.map((edit) => 'node' in edit && edit.node)).toEqual(['a', 'b', 'c']);
  expect(messages(counting('own'))).toEqual([]);
});

test('an instance that is muted is left out, with all that needs it, and keeps its parameters', () => {
  const document = withModules(
    {
      x,
      a: ['module:dense', { x: 'x' }],
      b: ['module:dense', { x: 'a:y' }],
      first: ['Output', { value: 'a:y' }],
      last: ['Output', { value: 'b:y' }],
      loss: ['ReduceSum', { x: 'a:y' }],
      sgd: ['SGD', { cost: 'loss' }],
    },
    { dense },
  );
  const { graph } = document;
  const b = { ...graph.nodes.b, muted: true } as (typeof graph.nodes)[string];
  const muted = { ...document, graph: { ...graph, nodes: { ...graph.nodes, b } } };
  expect(messages(muted)).toEqual([]);
  const { types } = check(muted, registry);
  expect([types.has('a/product:y'), types.has('b/product:y'), types.has('b/W:value')]).toEqual([true, false, true]);
  expect(compile(muted, registry).plan?.state.map(({ id }) => id)).toEqual(['a/W', 'b/W']);
});

test('modules lie in modules, and wires run through their ports', () => {
  const document = withModules(
    { x, net: ['module:net', { x: 'x' }], same: ['module:same', { x: 'net:y' }], out: ['Output', { value: 'same:y' }] },
    {
      dense,
      net: {
        x: ['ModuleInput'],
        one: ['module:dense', { x: 'x' }],
        two: ['module:dense', { x: 'one:y' }],
        y: ['ModuleOutput', { value: 'two:y' }],
      },
      same: { x: ['ModuleInput'], y: ['ModuleOutput', { value: 'x:value' }] },
    },
  );
  expect(messages(document)).toEqual([]);
  const flat = flatten(document, registry);
  const { nodes, edges } = flat.document.graph;
  expect(Object.keys(nodes)).toEqual(['x', 'net/one/W', 'net/one/product', 'net/two/W', 'net/two/product', 'out']);
  const wires = Object.values(edges).map(({ source, target }) => `${source.node} > ${target.node}.${target.port}`);
  expect(wires).toContain('net/one/product > net/two/product.a');
  expect(wires).toContain('net/two/product > out.value');
  expect(flat.nodes.get('net/two/W')).toEqual({ path: ['net', 'two'], id: 'W' });
  expect(flat.idOf(['net', 'two'], 'W')).toBe('net/two/W');
  const { types } = check(document, registry);
  expect(
    ['net:y', 'same:y', 'net/one:y', 'net/x:value'].map((key) => types.get(key) && printType(types.get(key) as never)),
  ).toEqual(['f32[1,2]', 'f32[1,2]', 'f32[1,2]', 'f32[1,2]']);
});

test.each<[string, GraphDocument, RegExp[]]>([
  [
    'contain themselves',
    withModules(
      { x, a: ['module:m', { x: 'x' }], out: ['Output', { value: 'a:y' }] },
      { m: { x: ['ModuleInput'], again: ['module:m', { x: 'x' }], y: ['ModuleOutput', { value: 'again:y' }] } },
    ),
    [/^module\/recursive a\/again: a\/again: the module M contains itself$/],
  ],
  [
    'are unknown',
    withModules({ x, a: ['module:lost', { x: 'x' }], out: ['Output', { value: 'a:y' }] }, {}),
    [/^module\/unknown a: /],
  ],
  [
    'lack an input',
    withModules({ a: ['module:dense'], out: ['Output', { value: 'a:y' }] }, { dense }),
    [/^graph\/missing-input a: a: nothing is wired to “x”$/],
  ],
  [
    'lack what an output hands on',
    withModules(
      { x, a: ['module:m', { x: 'x' }], out: ['Output', { value: 'a:y' }] },
      { m: { x: ['ModuleInput'], y: ['ModuleOutput'] } },
    ),
    [/^graph\/missing-input a\/y: a\/y: nothing is wired to “value”$/],
  ],
  [
    'have no such ports',
    withModules({ x, a: ['module:dense', { x: 'x', z: 'x' }], out: ['Output', { value: 'a:w' }] }, { dense }),
    [
      /^document\/dangling-edge a: a: the module has no input “z”$/,
      /^document\/dangling-edge out: out: a has no output “w”$/,
    ],
  ],
  [
    'lead to themselves',
    withModules(
      { a: ['module:same', { x: 'a:y' }], out: ['Output', { value: 'a:y' }] },
      { same: { x: ['ModuleInput'], y: ['ModuleOutput', { value: 'x:value' }] } },
    ),
    [/^graph\/cycle a/],
  ],
  ['are outside', drawing({ p: ['ModuleInput'], out: ['Output', { value: 'p' }] }), [/^module\/port p: /]],
  [
    'contain an error',
    withModules(
      {
        x: ['Constant', {}, { values: [1], shape: [1, 3] }],
        a: ['module:dense', { x: 'x' }],
        out: ['Output', { value: 'a:y' }],
      },
      { dense },
    ),
    [/^shape\/matmul a\/product: /],
  ],
])('modules that %s are told of, once', (_, document, expected) => {
  const found = messages(document);
  expect(found.length, found.join('\n')).toBe(expected.length);
  for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
});

test('an optional input may have no wire', () => {
  const modules = {
    m: {
      x: ['ModuleInput'],
      bias: ['ModuleInput', {}, { optional: true }],
      W: ['Parameter', {}, { shape: [2, 2] }],
      product: ['Gemm', { a: 'x', b: 'W', c: 'bias' }],
      y: ['ModuleOutput', { value: 'product' }],
    },
  } as const;
  const document = withModules({ x, a: ['module:m', { x: 'x' }], out: ['Output', { value: 'a:y' }] }, modules);
  expect(messages(document)).toEqual([]);
});

test('instances set what the module exposes', () => {
  const exposed = [{ node: 'W', attribute: 'shape', as: 'sizes' }];
  const document = withModules(
    {
      x,
      a: ['module:dense', { x: 'x' }, { sizes: [2, 5] }],
      b: ['module:dense', { x: 'x' }],
      out: ['Output', { value: 'a:y' }],
      out2: ['Output', { value: 'b:y' }],
    },
    { dense },
    { exposed },
  );
  const { types } = check(document, registry);
  expect([types.get('a:y')?.shape, types.get('b:y')?.shape]).toEqual([
    [1, 5],
    [1, 2],
  ]);
  const record = recordOf(document.graph.modules, registry, 'module:dense');
  expect(record?.attributes.sizes).toMatchObject({ type: 'shape', default: [2, 2] });
});

test('too many nodes are refused', () => {
  const levels = Array.from({ length: 20 }, (_, at) => `m${at}`);
  const modules = Object.fromEntries(
    levels.map((id, at): [string, Drawn] => [
      id,
      at === 19
        ? { one: ['Constant'] }
        : { one: [`module:m${at + 1}`], two: [`module:m${at + 1}`], three: [`module:m${at + 1}`] },
    ]),
  );
  const found = messages(withModules({ a: ['module:m0'] }, modules));
  expect(found.some((message) => message.startsWith('module/size'))).toBe(true);
});

test('documents with modules survive being saved; malformed ones are told of', () => {
  const document = withModules(
    { x, a: ['module:dense', { x: 'x' }] },
    { dense },
    { exposed: [{ node: 'W', attribute: 'shape', as: 's' }] },
  );
  const placed = { ...document, layout: { nodes: {}, modules: { dense: { x: { x: 1, y: 2 } } } } };
  expect(parseDocument(printDocument(placed)).document).toEqual(placed);
  const spoil = (change: object) =>
    parseDocument(JSON.stringify({ ...document, graph: { ...document.graph, modules: { m: change } } })).diagnostics[0]
      ?.title;
  expect(spoil({})).toBe('graph.modules.m.name is not text');
  expect(spoil({ name: 'm' })).toBe('graph.modules.m.nodes is not an object');
  expect(spoil({ name: 'm', nodes: {}, exposed: 3 })).toBe('graph.modules.m.exposed is not a list');
  expect(spoil({ name: 'm', nodes: {}, exposed: [{ node: 1 }] })).toBe('graph.modules.m.exposed[0].node is not text');
});

test('a drawing without modules is left as it is', () => {
  const document = drawing({ x, out: ['Output', { value: 'x' }] });
  expect(flatten(document, registry).document).toBe(document);
  const modular = withModules({ x, a: ['module:dense', { x: 'x' }] }, { dense });
  expect(flatten(modular, registry)).toBe(flatten({ ...modular, layout: { nodes: {} } }, registry));
});
