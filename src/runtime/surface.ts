/** The loss over a plane of parameters, computed in a worker of its own so that training goes on undisturbed. */
import type { GraphInput } from '../compiler/plan.ts';

export interface SurfaceTensor {
  readonly name: string;
  readonly dtype: GraphInput['dtype'];
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A parameter that is moved: by `x` times the first direction and `y` times the second. */
export interface MovedTensor extends SurfaceTensor {
  readonly data: Float32Array;
  readonly directions: readonly [Float32Array, Float32Array];
}

export interface SurfaceRequest {
  readonly onnx: Uint8Array;
  /** Output of the model. */
  readonly output: string;
  readonly fixed: readonly SurfaceTensor[];
  readonly moved: readonly MovedTensor[];
  /** Places along both directions. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

export type SurfaceReply = { readonly line: number; readonly losses: Float32Array } | { readonly error: string };

export interface Surface {
  /** Resolves with the losses, a line of `xs` for each of `ys`; rejects with the words of ONNX Runtime. */
  readonly done: Promise<Float32Array>;
  readonly cancel: () => void;
}

/** `onLine` is told how many lines are there. */
export function computeSurface(request: SurfaceRequest, onLine: (lines: number) => void): Surface {
  const { xs, ys } = request;
  const worker = new Worker(new URL('./worker/surface-worker.ts', import.meta.url), { type: 'module' });
  const done = new Promise<Float32Array>((resolve, reject) => {
    const all = new Float32Array(xs.length * ys.length);
    worker.onmessage = ({ data }: MessageEvent<SurfaceReply>) => {
      if ('error' in data) return reject(new Error(data.error));
      all.set(data.losses, data.line * xs.length);
      onLine(data.line + 1);
      if (data.line + 1 === ys.length) resolve(all);
    };
    worker.onerror = ({ message }) => reject(new Error(message || 'The worker could not be started.'));
  }).finally(() => worker.terminate());
  worker.postMessage(request);
  return { done, cancel: () => worker.terminate() };
}
