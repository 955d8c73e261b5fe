import { afterEach, describe, expect, test } from 'vitest';
import { testPlan, testProbe } from '../../scripts/test-plan.ts';
import { WorkerInProcess } from '../../scripts/worker-in-process.ts';
import { TrainingClient, type WorkerLike } from './client.ts';
import type { Request, RuntimeProblem } from './protocol.ts';

const WASM = { backend: 'wasm', keep: false } as const;

let client: TrainingClient;
let workers: WorkerInProcess[];
let problems: RuntimeProblem[];
let losses: number[];

function start(spawn: () => WorkerLike = () => new WorkerInProcess()): void {
  workers = [];
  problems = [];
  losses = [];
  client = new TrainingClient({
    base: 'file:///',
    spawn: () => {
      const worker = spawn();
      workers.push(worker as WorkerInProcess);
      return worker;
    },
  });
  client.on('problem', (problem) => problems.push(problem));
  client.on('losses', ({ from, losses: some }) => {
    losses.length = from;
    losses.push(...some);
  });
}

afterEach(() => client.dispose());

async function straight(steps: number): Promise<number[]> {
  start();
  await client.load(testPlan({ shuffle: true }), WASM);
  await client.step(steps);
  client.dispose();
  return losses;
}

describe('TrainingClient', () => {
  test('calls are answered, events heard, errors carry their code', async () => {
    start();
    const status = await client.load(testPlan(), WASM);
    expect(status).toEqual(client.status);
    expect(await client.step(5)).toMatchObject({ steps: 5, loss: losses[4] });
    expect(losses).toHaveLength(5);
    await expect(client.setHyperparameter('x', 1)).rejects.toMatchObject({
      code: 'runtime/data',
      name: 'RuntimeError',
    });
    const frames: number[] = [];
    const end = client.on('frame', ({ step }) => frames.push(step));
    await client.observe(testProbe());
    end();
    await client.step(1);
    expect(frames).toEqual([5]);
    expect(await client.counts()).toMatchObject({ dispatches: 0 });
  });

  test('train goes on until paused', async () => {
    start();
    await client.load(testPlan(), WASM);
    const run = client.train();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.pause();
    expect(await run).toMatchObject({ why: 'paused', steps: losses.length });
  });

  test('shutting down rejects what is under way', async () => {
    start();
    await client.load(testPlan(), WASM);
    const run = client.train();
    client.dispose();
    await expect(run).rejects.toMatchObject({ code: 'runtime/stopped' });
    expect(workers[0]?.terminated).toBe(true);
  });
});

describe('a crash', () => {
  test('while training: another worker makes the same steps, and the call under way is answered by it', async () => {
    const expected = await straight(400);
    start();
    await client.load(testPlan({ shuffle: true }), WASM);
    await client.step(100);
    await client.loadState(await client.readState());
    const run = client.step(300);
    const first = client.on('losses', () => {
      first();
      workers[0]?.onerror?.({ message: 'out of memory' } as ErrorEvent);
    });
    expect(await run).toMatchObject({ steps: 300, step: 400, why: 'done' });
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
    expect(problems).toMatchObject([
      {
        code: 'runtime/worker-crashed',
        message: 'The training worker stopped: out of memory. Going on from step 100.',
      },
    ]);
    expect(losses).toEqual(expected);
  });

  test('keeps hyperparameters and observation', async () => {
    start();
    await client.load(testPlan(), WASM);
    await client.setHyperparameter('lr', 0);
    const frames: number[] = [];
    client.on('frame', ({ step }) => frames.push(step));
    await client.observe(testProbe());
    client.crash();
    await client.step(30);
    expect(Math.max(...((await client.readState()).W ?? []))).toBe(0);
    expect(frames.slice(0, 2)).toEqual([0, 0]);
    expect(frames.at(-1)).toBe(30);
  });

  test('while loading: the load is made again', async () => {
    start();
    const load = client.load(testPlan(), WASM);
    client.crash();
    expect(await load).toMatchObject({ phase: 'paused', backend: 'wasm' });
    expect(problems).toMatchObject([{ message: 'The training worker was stopped.' }]);
  });

  test('again and again is given up, and a later load starts afresh', async () => {
    start();
    const load = client.load(testPlan(), WASM);
    for (let i = 0; i < 4; i++) client.crash();
    await expect(load).rejects.toMatchObject({ code: 'runtime/worker-crashed' });
    expect(client.status.phase).toBe('failed');
    expect(workers).toHaveLength(4);
    expect(await client.load(testPlan(), WASM)).toMatchObject({ phase: 'paused' });
  });
});

test('a worker with the build for wasm alone makes way for one that has WebGPU too', async () => {
  start();
  await client.setPace(60);
  await client.load(testPlan(), WASM);
  await client.step(5);
  const [before] = await Promise.all([client.readState(), client.setPace(null)]);
  expect(workers).toHaveLength(1);
  await client.load(testPlan(), { backend: 'auto', keep: true });
  expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  expect(client.status.step).toBe(5);
  expect(await client.readState()).toEqual(before);
});

describe('a lost device', () => {
  /** Answers every load as if WebGPU ran it, and a run never. */
  class FakeGpuWorker implements WorkerLike {
    onmessage: WorkerLike['onmessage'] = null;
    onerror: WorkerLike['onerror'] = null;
    readonly loads: { fallback?: string | undefined }[] = [];

    say(data: unknown): void {
      this.onmessage?.({ data } as MessageEvent);
    }

    postMessage(message: unknown): void {
      const { id, method, args } = message as Request;
      if (method !== 'load') return;
      const { fallback } = args[1];
      this.loads.push({ fallback });
      const status = { ...client.status, backend: fallback ? 'wasm' : 'webgpu' };
      setImmediate(() => {
        this.say({ event: 'status', data: status });
        this.say({ id, result: status });
      });
    }

    terminate(): void {}
  }

  test('is replaced once, then training goes on on wasm, until another backend is asked for', async () => {
    const gpus: FakeGpuWorker[] = [];
    start(() => {
      const gpu = new FakeGpuWorker();
      gpus.push(gpu);
      return gpu;
    });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
    const lose = () => gpus.at(-1)?.say({ event: 'fatal', data: { code: 'runtime/device-lost', message: 'Lost.' } });
    await client.load(testPlan(), { backend: 'webgpu', keep: false });
    lose();
    await settled();
    lose();
    await settled();
    const fallback = 'WebGPU failed: Lost.';
    expect(gpus.map(({ loads }) => loads)).toEqual([[{}], [{}], [{ fallback }]]);
    expect(problems.map(({ message }) => message)).toEqual([
      'Lost. Going on from step 0.',
      'Lost. Going on from step 0 on wasm.',
    ]);
    await client.load(testPlan({ key: 'edited' }), { backend: 'webgpu', keep: true });
    expect(gpus[2]?.loads).toEqual([{ fallback }, { fallback }]);
  });
});
