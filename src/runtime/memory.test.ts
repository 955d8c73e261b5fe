/** Training for long takes no more memory than training for short. The browser's side is e2e/performance/memory.spec.ts. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { compile, compileProbe } from '../compiler/compile.ts';
import { parseDocument } from '../compiler/document-parse.ts';
import { registry } from '../nodes/registry.ts';
import { Trainer } from './worker/trainer.ts';

const WARM_UP = 2000;
const STEPS = 20_000;
/** Bytes that a collection may leave behind. */
const SLACK = 2.5e6;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Of ONNX Runtime: it only ever grows. */
const wasmMemories = new Set<WebAssembly.Memory>();
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (async (...given: Parameters<typeof instantiate>) => {
  const made = await instantiate(...given);
  const instance = (made as { instance?: WebAssembly.Instance }).instance ?? (made as unknown as WebAssembly.Instance);
  const found = [
    ...Object.values(instance.exports),
    ...Object.values(given[1] ?? {}).flatMap((part) => Object.values(part)),
  ];
  for (const value of found) if (value instanceof WebAssembly.Memory) wasmMemories.add(value);
  return made;
}) as typeof instantiate;

async function memory() {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  const wasm = [...wasmMemories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { heap: heapUsed + external, wasm };
}

test('20,000 steps with every value watched, validation, early stopping and checkpoints leave nothing behind', async () => {
  const { document } = parseDocument(readFileSync('examples/line-fit.json', 'utf8'));
  if (!document) throw new Error('the example does not parse');
  const training = {
    ...document.graph.training,
    validation: { every: 'epoch' },
    earlyStopping: { rule: 'patience', patience: 1e6 },
    schedule: { kind: 'plateau', stopAtFloor: false },
  } as const;
  const watched = { ...document, graph: { ...document.graph, training } };
  const { plan } = compile(watched, registry);
  const probe = compileProbe(watched, registry, Object.keys(document.graph.nodes));
  if (!plan || !probe) throw new Error('the example does not compile');
  const seen = { frame: 0, evaluation: 0, checkpoint: 0 } as Record<string, number>;
  const trainer = new Trainer({
    emit: (event) => {
      seen[event] = (seen[event] ?? 0) + 1;
    },
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
  await trainer.load(plan, { backend: 'wasm', keep: false });
  await trainer.observe(probe);
  await trainer.step(WARM_UP);
  const before = await memory();
  await trainer.step(STEPS);
  const after = await memory();
  expect(trainer.status.step).toBe(WARM_UP + STEPS);
  expect(seen.frame).toBeGreaterThan(10);
  expect(seen.rules).toBeGreaterThan(100);
  expect(after.heap - before.heap).toBeLessThan(SLACK);
  expect(before.wasm).toBeGreaterThan(0);
  expect(after.wasm).toBe(before.wasm);
  await trainer.close();
}, 120_000);
