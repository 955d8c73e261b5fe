/** Exported projects: what is written, and that the JavaScript program makes the steps of the app. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { projectDrawings } from '../../scripts/project-drawings.ts';
import { operatorProgram } from '../../scripts/project-operators.ts';
import { followTraining } from '../../scripts/project-training.ts';
import { compile } from '../compiler/compile.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { parseDocument } from '../compiler/document-parse.ts';
import type { TrainingPlan } from '../compiler/plan.ts';
import { readNpy } from '../formats/npy.ts';
import { registry } from '../nodes/registry.ts';
import { initialState } from '../runtime/worker/initializers.ts';
import { exportProject, type Project } from './project.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiregrad-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(path: string): GraphDocument {
  const { document } = parseDocument(readFileSync(path, 'utf8'));
  if (!document) throw new Error(`${path} is no document`);
  return document;
}

function planOf(document: GraphDocument): TrainingPlan {
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map(({ title }) => title).join('\n'));
  return plan;
}

/** With zeros for data. */
function written(document: GraphDocument): Project {
  const plan = planOf(document);
  const columns = new Map(
    plan.columns.map(({ id, dtype, shape }) => {
      const size = shape.reduce((product, each) => product * each, 1);
      return [id, dtype === 'int32' ? new Int32Array(size) : new Float32Array(size)] as const;
    }),
  );
  return exportProject(document, registry, { state: initialState(plan.state), step: 0, columns });
}

const text = ({ files }: Project, path: string): string => new TextDecoder().decode(files.get(path));
const titles = ({ diagnostics }: Project): string[] => diagnostics.map(({ title }) => title);

const examples = readdirSync('examples').filter((file) => file.endsWith('.json'));

describe('the PyTorch module of each example', () => {
  test('there are some', () => expect(examples.length).toBeGreaterThan(4));

  test.each(examples)('%s', async (file) => {
    const project = written(read(`examples/${file}`));
    expect(project.diagnostics.filter(({ code }) => code === 'export/program')).toEqual([]);
    await expect(text(project, 'model.py')).toMatchFileSnapshot(`samples/${file.replace(/\.json$/, '')}.model.py`);
  });
});

test('the examples of all operators can be written in PyTorch, but few', () => {
  const { program, unwritable } = operatorProgram();
  // Windows that reach over the border unevenly.
  expect(unwritable).toEqual(['AveragePool']);
  expect(program.match(/^check\(/gm)?.length).toBeGreaterThan(200);
});

describe('the JavaScript program makes the steps of the app', () => {
  const more = projectDrawings();
  const cases: readonly (readonly [name: string, document: GraphDocument | undefined])[] = [
    ['digits-mlp', read('examples/digits-mlp.json')],
    ['two-spirals', read('examples/two-spirals.json')],
    ['a smaller last batch and a schedule', more.get('rest and schedule')],
    ['random numbers', more.get('dropout and normalization')],
    ['drawn updates', more.get('drawn descent')],
    ['parameters that swap', read('src/compiler/samples/swap-parameters/graph.json')],
  ];
  test.each(cases)('%s', async (name, document) => {
    if (!document) throw new Error(`There is no drawing ${name}`);
    const plan = planOf(document);
    const { losses, state, trained, columns } = await followTraining(plan, 4);
    const { files } = exportProject(document, registry, { state, step: 0, columns });
    const at = join(folder, name);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), content);
    }
    const args = ['train_onnx.mjs', '--steps', '4', '--save', 'trained'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: at, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const found = [...stdout.matchAll(/^step \d+ {2}loss (\S+)$/gm)].map((match) => Number(match[1]));
    expect(found).toHaveLength(losses.length);
    found.forEach((loss, step) => void expect(Math.abs(loss / (losses[step] ?? 0) - 1)).toBeLessThan(1e-5));
    const recipe = JSON.parse(readFileSync(join(at, 'recipe.json'), 'utf8'));
    for (const [slot, values] of Object.entries(trained)) {
      const saved = readNpy(
        new Uint8Array(readFileSync(join(at, 'trained', recipe.state[slot].replace('state/', '')))),
      );
      expect(saved.shape).toEqual(plan.state.find(({ id }) => id === slot)?.shape);
      saved.data.forEach((value, index) => {
        expect(Math.abs(Number(value) - (values[index] ?? 0)), `${slot}[${index}]`).toBeLessThan(1e-5);
      });
    }
  });
});

describe('what a project says of itself', () => {
  test('a training step is asked for', () => {
    const { files, diagnostics } = written(drawing({ x: ['Constant', {}, { values: [1] }], y: ['Neg', { x: 'x' }] }));
    expect(files.size).toBe(0);
    expect(diagnostics.map(({ code }) => code)).toContain('export/nothing');
  });

  test('licences of the data, and files of state whose names are no paths', () => {
    const project = written(read('examples/digits-mlp.json'));
    expect(text(project, 'README.md')).toMatch(/CC BY 4\.0/);
    const shared = written(read('src/compiler/samples/modules/graph.json'));
    const recipe = JSON.parse(text(shared, 'recipe.json'));
    for (const [slot, path] of Object.entries<string>(recipe.state)) {
      expect(path).toMatch(/^state\/[\w.-]+\.npy$/);
      expect(shared.files.has(path), slot).toBe(true);
    }
  });

  const sumOfSquares = drawing({
    data: ['Data', {}, { dataset: 'line' }],
    a: ['Parameter', {}, { shape: [1], initializer: 'zeros' }],
    fit: ['Mul', { a: 'data:x', b: 'a' }],
    loss: ['MeanSquaredError', { prediction: 'fit', target: 'data:y' }, { reduction: 'sum' }],
    step: ['SGD', { cost: 'loss' }, { lr: 0.001 }],
  });

  test('a loss that is no mean cannot be shared by processes', () => {
    const project = written(sumOfSquares);
    expect(titles(project)).toContain('The PyTorch program trains in one process');
    expect(text(project, 'train_torch.py')).toMatch(/SystemExit.*not a mean over the rows/);
    expect(text(project, 'README.md')).not.toMatch(/torchrun/);
    expect(titles(written(read('examples/line-fit.json')))).not.toContain('The PyTorch program trains in one process');
  });

  test('what PyTorch cannot say leaves the other programs', () => {
    const project = written(
      drawing({
        data: ['Data', {}, { dataset: 'line' }],
        a: ['Parameter', {}, { shape: [1] }],
        fit: ['Mul', { a: 'data:x', b: 'a' }],
        loss: ['MeanSquaredError', { prediction: 'fit', target: 'data:y' }],
        direction: ['Constant', {}, { values: [1], shape: [1] }],
        slope: ['JacobianVectorProduct', { y: 'loss', x: 'a', v: 'direction' }],
        cost: ['Add', { a: 'loss', b: 'slope' }],
        step: ['SGD', { cost: 'cost' }],
      }),
    );
    expect(titles(project).join()).toMatch(/slope: JacobianVectorProduct cannot be written in PyTorch/);
    expect(project.files.has('model.py')).toBe(false);
    expect(project.files.has('models/train-step.onnx')).toBe(true);
    expect(text(project, 'README.md')).toMatch(/What the programs do not do/);
  });
});
