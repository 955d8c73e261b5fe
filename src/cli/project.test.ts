/** `wiregrad export --as project`, as one calls it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiregrad-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function node(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}

test('writes a folder whose program trains as the command does', () => {
  const at = join(folder, 'line');
  const written = node(
    '.',
    'bin/wiregrad.js',
    'export',
    'examples/line-fit.json',
    '--as',
    'project',
    '-o',
    at,
    '--json',
  );
  expect(written.status, written.stderr).toBe(0);
  const { ok, files } = JSON.parse(written.stdout);
  expect(ok).toBe(true);
  for (const file of ['README.md', 'model.py', 'train_torch.py', 'models/train-step.onnx', 'models/inference.onnx']) {
    expect(files).toContain(file);
    expect(existsSync(join(at, file)), file).toBe(true);
  }
  symlinkSync(resolve('node_modules'), join(at, 'node_modules'));
  const trained = node(at, 'train_onnx.mjs', '--steps', '3');
  const loss = Number(/step 3 {2}loss (\S+)/.exec(trained.stdout)?.[1]);
  const reference = node('.', 'bin/wiregrad.js', 'train', 'examples/line-fit.json', '--steps', '3', '--every', '1');
  expect(Number(/^step 3 {2}loss (\S+)$/m.exec(reference.stdout)?.[1])).toBeCloseTo(loss, 5);
});

test('a document without training is refused in words', () => {
  const { status, stderr } = node(
    '.',
    'bin/wiregrad.js',
    'export',
    'examples/course/01-hello.json',
    '--as',
    'project',
    '-o',
    join(folder, 'none'),
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/no training step to export/);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});
