/** All that is particular to ONNX Runtime's packaging: which build to load, from where, with how many threads. */

import type * as Ort from 'onnxruntime-web';
import type { Backend } from '../../compiler/plan.ts';

export type { InferenceSession, Tensor } from 'onnxruntime-web';
export type OrtModule = typeof Ort;

/**
 * One thread. A training step is many small operators, and waking threads for each costs more than it saves up to
 * layers of about a million multiplications; more threads would also compete with the page for cores.
 */
const THREADS = 1;

export interface OrtBuild {
  readonly ort: OrtModule;
  /** `wasm`: no WebGPU; `jspi`, `webgpu`: both backends, waiting through JSPI or, larger and slower, Asyncify. */
  readonly name: 'wasm' | 'jspi' | 'webgpu';
  readonly threads: number;
}

let loaded: Promise<OrtBuild> | null = null;

/**
 * The smallest build that has `backend`. A worker holds one build for life, since two would hold two wasm heaps: the
 * first call decides, and a build with WebGPU serves both backends.
 */
export function loadOrt(backend: Backend): Promise<OrtBuild> {
  loaded ??= importBuild(backend);
  return loaded;
}

async function importBuild(backend: Backend): Promise<OrtBuild> {
  if (backend === 'wasm') {
    const ort = await import('onnxruntime-web/wasm');
    if (inBrowser()) {
      const { default: wasm } = await import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url');
      ort.env.wasm.wasmPaths = { wasm };
    }
    return configured(ort, 'wasm');
  }
  if ('Suspending' in WebAssembly) {
    const ort = await import('onnxruntime-web/jspi');
    const { default: wasm } = await import('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url');
    ort.env.wasm.wasmPaths = { wasm };
    return configured(ort, 'jspi');
  }
  const ort = await import('onnxruntime-web/webgpu');
  const { default: wasm } = await import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url');
  ort.env.wasm.wasmPaths = { wasm };
  return configured(ort, 'webgpu');
}

function configured(ort: OrtModule, name: OrtBuild['name']): OrtBuild {
  ort.env.wasm.numThreads = THREADS;
  ort.env.logLevel = 'error';
  return { ort, name, threads: THREADS };
}

function inBrowser(): boolean {
  return typeof location !== 'undefined';
}
