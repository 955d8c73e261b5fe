/** The command as one calls it: what it prints, where, and its exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { floats, onnxModel } from '../../scripts/onnx-model.ts';
import { documentSchema } from '../compiler/document-schema.ts';
import { readModel } from '../compiler/import/model.ts';
import { readNpy, writeNpy } from '../formats/npy.ts';
import { registry } from '../nodes/registry.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiregrad-'));
  const model = onnxModel({
    inputs: { x: 'float32[batch,3]', labels: 'int64[batch]' },
    outputs: { scores: 'float32[batch,2]', loss: 'float32[]' },
    initializers: [floats('W', [3, 2], [1, 2, 3, 4, 5, 6])],
    nodes: [
      ['MatMul', 'x W', 'scores'],
      ['SoftmaxCrossEntropyLoss', 'scores labels', 'loss'],
    ],
  });
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(
    join(folder, 'x.npy'),
    writeNpy({ dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 0, 0, 0, 1, 0) }),
  );
  writeFileSync(join(folder, 'labels.npy'), writeNpy({ dtype: 'int64', shape: [2], data: BigInt64Array.of(0n, 1n) }));
});
afterAll(() => rmSync(folder, { recursive: true }));

function wiregrad(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/wiregrad.js', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const at = (name: string) => join(folder, name);

test('a call without sense is told so on standard error', () => {
  const { status, stdout, stderr } = wiregrad('grad', at('model.onnx'), '--loss', 'loss');
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/--wrt/);
});

test('help has an example', () => {
  const { status, stdout } = wiregrad('train', '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/Example:\n {2}\$ wiregrad train examples/);
});

test('check names what is wrong, for programs too', () => {
  const { status, stdout } = wiregrad('check', 'src/compiler/samples/error-matmul/graph.json', '--json');
  expect(status).toBe(1);
  const { ok, diagnostics } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(diagnostics[0]).toMatchObject({ severity: 'error', place: { name: expect.any(String) } });
});

describe('a model', () => {
  test('is differentiated and run', () => {
    const grad = wiregrad('grad', at('model.onnx'), '--loss', 'loss', '--wrt', 'x,W', '-o', at('out/gradients.onnx'));
    expect(grad).toMatchObject({ status: 0, stdout: `${at('out/gradients.onnx')}: x_grad, W_grad\n` });
    const { graph } = readModel(new Uint8Array(readFileSync(at('out/gradients.onnx'))));
    expect(graph.input.map(({ name }) => name)).toEqual(['x', 'labels', 'W']);
    const inputs = ['--input', `x=${at('x.npy')}`, '--input', `labels=${at('labels.npy')}`];
    const run = wiregrad('run', at('out/gradients.onnx'), ...inputs, '--output-dir', at('results'));
    expect(run.status).toBe(0);
    const gradient = readNpy(new Uint8Array(readFileSync(at('results/x_grad.npy'))));
    // The scores of a row differ by 1, and so do the columns of W: half of (softmax - one-hot) times that.
    const share = 1 / (1 + Math.E);
    const wanted = [0, 1, 2, 3, 4, 5].map((index) => (index < 3 ? (1 - share) / 2 : -share / 2));
    expect(gradient.shape).toEqual([2, 3]);
    for (const [index, value] of wanted.entries()) expect(gradient.data[index]).toBeCloseTo(value, 5);
  });

  test('of unknown names is an error that lists near ones', () => {
    const { status, stderr } = wiregrad(
      'grad',
      at('model.onnx'),
      '--loss',
      'los',
      '--wrt',
      'w2',
      '-o',
      at('never.onnx'),
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/has no output “los”\. Did you mean “loss”\?/);
    expect(stderr).toMatch(/has no input or initializer “w2”/);
  });
});

test('training can be saved and gone on with', () => {
  const train = (...args: string[]) => {
    const { stdout, status } = wiregrad('train', 'examples/line-fit.json', '--json', ...args);
    expect(status).toBe(0);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const [whole] = train('--steps', '60', '--every', '60');
  expect(whole).toMatchObject({ step: 60, loss: expect.any(Number), metrics: expect.any(Object) });
  train('--steps', '40', '--every', '40', '--save', at('line.safetensors'));
  const [rest] = train('--steps', '20', '--every', '60', '--resume', at('line.safetensors'));
  expect(rest).toMatchObject({ step: 60, loss: whole.loss });
});

/** Whether a value is what a schema says; the keywords that the schema of documents uses. */
function fits(value: unknown, schema: Record<string, unknown>, root: Record<string, unknown>): boolean {
  const { $ref, type, properties, required, additionalProperties, items, minimum, maximum } = schema as Record<
    string,
    never
  >;
  const inner = (part: unknown, of: unknown) => fits(part, of as Record<string, unknown>, root);
  if ($ref) {
    const name = String($ref).replace('#/$defs/', '');
    return inner(value, (root.$defs as Record<string, unknown>)[name]);
  }
  if ('const' in schema && value !== schema.const) return false;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const kinds = type === undefined ? [] : [type].flat();
  if (kinds.length > 0 && !kinds.some((each) => each === kind || (each === 'number' && kind === 'integer')))
    return false;
  if (typeof value === 'number' && (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity))) return false;
  if (Array.isArray(value) && items && !value.every((item) => inner(item, items))) return false;
  if (kind === 'object') {
    const given = value as Record<string, unknown>;
    if (((required ?? []) as string[]).some((name) => !(name in given))) return false;
    for (const [name, part] of Object.entries(given)) {
      const of = ((properties ?? {}) as Record<string, unknown>)[name] ?? additionalProperties;
      if (of && !inner(part, of)) return false;
    }
  }
  const all = (schema.allOf ?? []) as { if: unknown; then: unknown }[];
  return all.every((rule) => !inner(value, rule.if) || inner(value, rule.then));
}

describe('the schema of documents', () => {
  const schema = documentSchema(registry) as Record<string, unknown>;
  const read = (name: string) => JSON.parse(readFileSync(`examples/${name}.json`, 'utf8'));

  test.each(['line-fit', 'digits-mlp', 'mnist-lenet', 'two-spirals'])('fits %s', (name) => {
    expect(fits(read(name), schema, schema)).toBe(true);
  });

  test('refuses attributes of another type, and nodes without a name', () => {
    const document = read('digits-mlp');
    const [node] = Object.values<{ name?: string; attributes: Record<string, unknown> }>(document.graph.nodes);
    if (!node) throw new Error('No nodes');
    document.graph.training.batchSize = 0;
    expect(fits(document, schema, schema)).toBe(false);
    document.graph.training.batchSize = 1;
    expect(fits(document, schema, schema)).toBe(true);
    delete node.name;
    expect(fits(document, schema, schema)).toBe(false);
  });
});
