/**
 * `npm run test:project`: writes projects of examples and drawings, runs their programs and compares the losses with those of
 * the app. What needs a Python package that is missing is left out, and says so. WIREGRAD_PYTHON names the interpreter; names
 * given to the command choose drawings.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compile } from '../src/compiler/compile.ts';
import type { GraphDocument } from '../src/compiler/document.ts';
import { parseDocument } from '../src/compiler/document-parse.ts';
import { registry } from '../src/nodes/registry.ts';
import { exportProject } from '../src/project/project.ts';
import { projectDrawings } from './project-drawings.ts';
import { operatorProgram } from './project-operators.ts';
import { followTraining } from './project-training.ts';

const STEPS = 5;
const TOLERANCE = 1e-4;
const python = process.env.WIREGRAD_PYTHON ?? 'python3';

function read(path: string): GraphDocument {
  const { document } = parseDocument(readFileSync(path, 'utf8'));
  if (!document) throw new Error(`${path} is no document`);
  return document;
}

function drawings(): Map<string, GraphDocument> {
  const files = ['examples', 'examples/course'].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file)),
  );
  const samples = ['swap-parameters', 'step-counter-schedule', 'clipped-gradients', 'second-derivative', 'modules'];
  files.push(...samples.map((name) => `src/compiler/samples/${name}/graph.json`));
  return new Map([...files.map((file) => [file, read(file)] as const), ...projectDrawings()]);
}

const has = (module: string): boolean => spawnSync(python, ['-c', `import ${module}`]).status === 0;

const lossesIn = (text: string): number[] =>
  [...text.matchAll(/^step \d+ {2}loss (\S+)$/gm)].map((match) => Number(match[1]));

function start(
  folder: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number[]> {
  const process_ = spawn(command, [...args, '--steps', String(STEPS)], {
    cwd: folder,
    env: { ...process.env, OMP_NUM_THREADS: '1', ...env },
  });
  let [out, problems] = ['', ''];
  process_.stdout.on('data', (text) => {
    out += text;
  });
  process_.stderr.on('data', (text) => {
    problems += text;
  });
  return new Promise((done, fail) => {
    process_.on('error', fail);
    process_.on('close', (code) => {
      if (code === 0) done(lossesIn(out));
      else fail(new Error(`${args.join(' ')} failed\n${problems.slice(-2000)}`));
    });
  });
}

let port = 29500 + (process.pid % 1000);

/** Two processes, which are told by their environment what torchrun would tell them. */
async function startTwo(folder: string): Promise<number[]> {
  port++;
  const shared = { WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port) };
  const [first] = await Promise.all(
    [0, 1].map((rank) =>
      start(folder, python, ['train_torch.py'], { ...shared, RANK: String(rank), LOCAL_RANK: String(rank) }),
    ),
  );
  return first ?? [];
}

function compare(losses: readonly number[], expected: readonly number[]): string {
  if (losses.length !== expected.length) return `${losses.length} losses for ${expected.length}`;
  const worst = Math.max(0, ...losses.map((loss, at) => Math.abs(loss / (expected[at] ?? Number.NaN) - 1)));
  return worst <= TOLERANCE ? '' : `off by ${worst.toExponential(1)}: ${losses} for ${expected}`;
}

async function check(name: string, document: GraphDocument, kinds: ReadonlySet<string>): Promise<number> {
  const { plan } = compile(document, registry);
  if (!plan?.graphs.wasm.train) return 0;
  const { losses, state, columns } = await followTraining(plan, STEPS);
  const { files, diagnostics } = exportProject(document, registry, { state, step: 0, columns });
  const folder = mkdtempSync(join(tmpdir(), 'wiregrad-project-'));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const alone = diagnostics.some(({ title }) => title === 'The PyTorch program trains in one process');
  const writesTorch = kinds.has('torch') && files.has('model.py');
  const programs: Record<string, () => Promise<number[]>> = {
    node: () => start(folder, process.execPath, ['train_onnx.mjs']),
    ...(kinds.has('onnxruntime') && { python: () => start(folder, python, ['train_onnx.py']) }),
    ...(writesTorch && { torch: () => start(folder, python, ['train_torch.py']) }),
    ...(writesTorch && !alone && { 'two processes': () => startTwo(folder) }),
  };
  let failures = 0;
  const told: string[] = [];
  for (const [kind, program] of Object.entries(programs)) {
    const problem = await program().then(
      (found) => compare(found, losses),
      (error: Error) => error.message,
    );
    if (problem) failures++;
    told.push(`${kind} ${problem || 'ok'}`);
  }
  const without = files.has('model.py') ? '' : ' (no PyTorch program)';
  console.log(`${name}: ${told.join(', ')}${without}`);
  if (failures === 0) rmSync(folder, { recursive: true });
  else console.log(`  ${folder}`);
  return failures;
}

const kinds = new Set(['torch', 'onnxruntime'].filter(has));
for (const kind of ['torch', 'onnxruntime']) {
  if (!kinds.has(kind)) console.log(`Left out: ${python} has no ${kind}.`);
}
const chosen = process.argv.slice(2);
let failures = 0;
if (kinds.has('torch') && chosen.length === 0) {
  const { stdout, stderr, status } = spawnSync(python, ['-'], { input: operatorProgram().program, encoding: 'utf8' });
  const differ = stdout.trim().split('\n').slice(0, -1);
  console.log(`examples of operators: ${status === 0 ? differ.join('\n') || 'torch ok' : stderr}`);
  if (status !== 0 || differ.length > 0) failures++;
}
for (const [name, document] of drawings()) {
  if (chosen.length === 0 || chosen.some((each) => name.includes(each))) failures += await check(name, document, kinds);
}
if (failures > 0) process.exitCode = 1;
