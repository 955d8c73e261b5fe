import { expect, test } from 'vitest';
import { importsOf, violation } from './layers.ts';

const allowed = [
  ['src/compiler/phases/2-infer.ts', '../op.ts'],
  ['src/compiler/onnx/onnx_pb.ts', '@bufbuild/protobuf/codegenv2'],
  ['src/nodes/matmul.ts', '../compiler/op.ts'],
  ['src/symbolic/build.ts', '../nodes/registry.ts'],
  ['src/data/csv.ts', 'papaparse'],
  ['src/runtime/data-session.ts', '../data/load.ts'],
  ['src/runtime/client.ts', './worker/protocol.ts'],
  ['src/runtime/worker/ort.ts', 'onnxruntime-web/webgpu'],
  ['src/editor/App.tsx', '../runtime/client.ts'],
  ['src/editor/App.tsx', '../../examples/xor.json'],
  ['src/editor/canvas/Canvas.tsx', '@xyflow/react'],
  ['src/editor/store/store.ts', 'immer'],
  ['src/cli/main.ts', 'node:fs'],
  ['src/main.tsx', './editor/App.tsx'],
] as const;

test.each(allowed)('%s may import %s', (file, specifier) => {
  expect(violation(file, specifier, false)).toBeUndefined();
});

const forbidden = [
  ['src/compiler/compile.ts', '../nodes/registry.ts'],
  ['src/compiler/compile.ts', 'react'],
  ['src/compiler/compile.ts', 'node:fs'],
  ['src/compiler/compile.ts', '../../fixtures/a.json'],
  ['src/nodes/matmul.ts', '../runtime/client.ts'],
  ['src/data/load.ts', '../runtime/data-client.ts'],
  ['src/data/load.ts', '../compiler/compile.ts'],
  ['src/symbolic/build.ts', '../editor/store/store.ts'],
  ['src/runtime/client.ts', '../compiler/compile.ts'],
  ['src/runtime/client.ts', '../compiler/plan.ts'],
  ['src/runtime/client.ts', 'onnxruntime-web'],
  ['src/runtime/worker/session.ts', 'onnxruntime-web/webgpu'],
  ['src/editor/inspector/Inspector.tsx', '@xyflow/react'],
  ['src/editor/canvas/Canvas.tsx', 'immer'],
  ['src/cli/main.ts', '../editor/App.tsx'],
  ['src/elsewhere.ts', './editor/App.tsx'],
] as const;

test.each(forbidden)('%s may not import %s', (file, specifier) => {
  expect(violation(file, specifier, false)).toEqual(expect.any(String));
});

test('the runtime may import the types of a plan', () => {
  expect(violation('src/runtime/client.ts', '../compiler/plan.ts', true)).toBeUndefined();
  expect(violation('src/runtime/client.ts', '../compiler/op.ts', true)).toEqual(expect.any(String));
});

test('imports of every form are found', () => {
  const text = `
    import a from './a.ts';
    import type { B } from './b.ts';
    export { c } from './c.ts';
    export type * from './d.ts';
    import './e.ts';
    const f = () => import('./f.ts');
    type G = import('./g.ts').G;
    // import './comment.ts'
  `;
  expect(importsOf('x.tsx', text)).toEqual([
    { specifier: './a.ts', typeOnly: false, line: 2 },
    { specifier: './b.ts', typeOnly: true, line: 3 },
    { specifier: './c.ts', typeOnly: false, line: 4 },
    { specifier: './d.ts', typeOnly: true, line: 5 },
    { specifier: './e.ts', typeOnly: false, line: 6 },
    { specifier: './f.ts', typeOnly: false, line: 7 },
    { specifier: './g.ts', typeOnly: true, line: 8 },
  ]);
});
