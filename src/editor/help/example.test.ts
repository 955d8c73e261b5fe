import { expect, test } from 'vitest';
import { openModel } from '../../../scripts/run-onnx.ts';
import { check } from '../../compiler/compile.ts';
import { type OpExample, portNames } from '../../compiler/op.ts';
import type { GraphPlan } from '../../compiler/plan.ts';
import type { TensorData } from '../../compiler/types.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { insertExample } from './commands.ts';
import { exampleModel, runExample } from './example.ts';

const records = [...registry.values()].filter(({ kind = 'operator' }) => kind === 'operator');

/** Stands for the worker. */
function scratchOf(plan: GraphPlan) {
  return {
    run: async (_: Uint8Array, feeds: readonly ({ name: string } & TensorData)[]) => {
      const runner = await openModel(plan);
      const results = await runner.run(Object.fromEntries(feeds.map(({ name, ...data }) => [name, data])));
      await runner.close();
      return results.map((result, at) => ({ ...result, name: plan.outputs[at]?.name ?? '' }));
    },
  };
}

test.each(records.map((record) => [record.name, record] as const))(
  'the examples of %s compile with their gradients',
  (_, record) => {
    for (const example of record.examples) {
      const { plan, outputs, differentiated } = exampleModel(record, registry, example);
      expect(outputs).toBe(example.outputs.length);
      expect(plan.outputs).toHaveLength(outputs + differentiated.length);
    }
  },
);

test('an example gives its outputs and the gradient of their sum, for other inputs too', async () => {
  const record = registry.get('Mul');
  if (!record) throw new Error('there is no Mul');
  const example: OpExample = {
    inputs: [
      { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) },
      { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) },
    ],
    outputs: [{ dtype: 'float32', shape: [2], data: Float32Array.of(3, 8) }],
  };
  const model = exampleModel(record, registry, example);
  const first = await runExample(scratchOf(model.plan), model, example.inputs);
  expect(first.outputs.map(({ data }) => [...(data as Float32Array)])).toEqual([[3, 8]]);
  expect(first.gradients.map((each) => each && [...(each.data as Float32Array)])).toEqual([
    [3, 4],
    [1, 2],
  ]);
  const other = { dtype: 'float32', shape: [2], data: Float32Array.of(5, 6) } as const;
  const second = await runExample(scratchOf(model.plan), model, [other, example.inputs[1] ?? null]);
  expect(second.outputs[0]?.data).toEqual(Float32Array.of(15, 24));
});

test('members of a variadic port are numbered', () => {
  const record = registry.get('Concat');
  expect(portNames(record?.inputs ?? [], 3)).toEqual(['0', '1', '2'].map((at) => `${record?.inputs[0]?.name}.${at}`));
});

test.each(['MatMul', 'Concat', 'Gather', 'Where', 'Dropout'])(
  'an inserted example of %s has no errors and is one step',
  (name) => {
    const record = registry.get(name);
    const example = record?.examples[0];
    if (!record || !example) throw new Error(`${name} has no example`);
    const editor = createEditor({ registry, check });
    const before = editor.document.getState().document;
    void insertExample.run(editor, { record, example });
    const { document, check: found } = editor.document.getState();
    expect(Object.values(document.graph.nodes).filter(({ op }) => op === name)).toHaveLength(1);
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    editor.document.undo();
    expect(editor.document.getState().document.graph).toEqual(before.graph);
  },
);
