/** Which backend runs a plan: the one asked for if it can, or the faster of both, measured on the plan itself. */

import type { TrainingPlan } from '../../compiler/plan.ts';
import { type Emit, type LoadOptions, toProblem } from '../protocol.ts';
import type { Column } from './datasets/load.ts';
import { type Gpu, requestGpu } from './gpu.ts';
import { initialState } from './initializers.ts';
import { loadOrt } from './ort.ts';
import { BatchOrder } from './schedule.ts';
import type { TrainingSession } from './session.ts';
import { WasmSession } from './wasm-session.ts';
import { WebGpuSession } from './webgpu-session.ts';

export interface Opened {
  readonly session: TrainingSession;
  /** Why this backend, in plain words. */
  readonly reason: string;
  readonly build: string;
  readonly threads: number;
}

export type OpenSession = (
  plan: TrainingPlan,
  columns: ReadonlyMap<string, Column>,
  options: Pick<LoadOptions, 'backend' | 'fallback'>,
  emit: Emit,
) => Promise<Opened>;

/** The state of the opened session is not set yet. */
export const openSession: OpenSession = async (plan, columns, { backend: choice, fallback }, emit) => {
  if (fallback) return openWasm(plan, columns, fallback);
  if (choice === 'wasm') return openWasm(plan, columns, 'wasm was asked for');
  if (choice === 'auto' && !plan.graphs.webgpu.train) return openWasm(plan, columns, 'there is nothing to train');

  const gpu = await requestGpu();
  if (!gpu) {
    const message = 'This browser offers no WebGPU here, so training runs on wasm.';
    if (choice === 'webgpu') emit('problem', { code: 'runtime/webgpu-missing', message, recovered: true });
    return openWasm(plan, columns, 'WebGPU is not available in this browser');
  }

  if (choice === 'auto' && softwareVerdict && gpu.adapter.isFallbackAdapter) {
    gpu.device.destroy();
    return openWasm(plan, columns, `${softwareVerdict}, as measured before`);
  }

  let webgpu: Opened;
  try {
    webgpu = await openWebGpu(plan, columns, gpu, 'WebGPU was asked for');
  } catch (error) {
    gpu.device.destroy();
    const { message } = toProblem(error);
    if (choice === 'webgpu') {
      const text = 'The graph cannot run on WebGPU alone, so training runs on wasm.';
      emit('problem', { code: 'runtime/onnxruntime', message: text, detail: message });
    }
    return openWasm(plan, columns, `the graph cannot run on WebGPU: ${message}`);
  }
  return choice === 'webgpu' ? webgpu : faster(plan, webgpu, await openWasm(plan, columns, ''));
};

async function openWasm(plan: TrainingPlan, columns: ReadonlyMap<string, Column>, reason: string): Promise<Opened> {
  const build = await loadOrt('wasm');
  const session = await WasmSession.create({ plan, columns, build });
  return { session, reason, build: build.name, threads: build.threads };
}

async function openWebGpu(
  plan: TrainingPlan,
  columns: ReadonlyMap<string, Column>,
  gpu: Gpu,
  reason: string,
): Promise<Opened> {
  const build = await loadOrt('webgpu');
  const session = await WebGpuSession.create({ plan, columns, build, gpu });
  return { session, reason, build: build.name, threads: build.threads };
}

/**
 * A software adapter that lost is not measured again in this worker: it needs seconds to compile a graph's shaders, and
 * no graph makes a GPU of it.
 */
let softwareVerdict: string | null = null;

/** Keeps the faster of two and closes the other. */
async function faster(plan: TrainingPlan, webgpu: Opened, wasm: Opened): Promise<Opened> {
  const software = webgpu.session.adapter?.isFallbackAdapter ?? false;
  const onWasm = await millisecondsPerStep(plan, wasm.session, Number.POSITIVE_INFINITY);
  const onWebGpu = await millisecondsPerStep(
    plan,
    webgpu.session,
    software ? SOFTWARE_PATIENCE_MS : Number.POSITIVE_INFINITY,
  );
  const [winner, loser] = onWebGpu < onWasm ? [webgpu, wasm] : [wasm, webgpu];
  await loser.session.close();
  const within = onWebGpu === Number.POSITIVE_INFINITY ? ` within ${SOFTWARE_PATIENCE_MS / 1000} s` : '';
  const adapter = software ? `${within} (software adapter)` : '';
  const reason = `wasm: ${format(onWasm)} a step, WebGPU: ${format(onWebGpu)}${adapter}`;
  if (software && winner === wasm) softwareVerdict = reason;
  return { ...winner, reason };
}

function format(ms: number): string {
  return Number.isFinite(ms) ? `${Number(ms.toPrecision(2))} ms` : 'no step to measure';
}

const MEASURE_MS = 100;
const SOFTWARE_PATIENCE_MS = 2000;

/** Infinity where a step fails or needs more than `patience`. The session's state is spoilt afterwards. */
async function millisecondsPerStep(plan: TrainingPlan, session: TrainingSession, patience: number): Promise<number> {
  const split = plan.splits?.train;
  const order = split ? new BatchOrder(split, plan.batchSize, null) : null;
  const train = async (steps: number) => {
    const started = performance.now();
    const done = session.train(steps, order?.rows(0, steps) ?? null).then(() => session.settle());
    await Promise.race([done, session.failure, timeout(patience)]);
    return performance.now() - started;
  };
  try {
    session.writeState(initialState(plan.state));
    // Compiles shaders and fills caches.
    await train(1);
    for (let steps = 2; ; steps *= 4) {
      const ms = await train(Math.min(steps, session.maxSteps));
      if (ms >= MEASURE_MS || steps >= session.maxSteps) return ms / Math.min(steps, session.maxSteps);
    }
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function timeout(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    if (Number.isFinite(ms)) setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
}
