/** Runs single ONNX models on wasm, beside training. */
import type { GraphInput } from '../compiler/plan.ts';

export interface ScratchTensor {
  readonly name: string;
  readonly dtype: GraphInput['dtype'];
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

export interface ScratchRequest {
  readonly id: number;
  readonly onnx: Uint8Array;
  readonly inputs: readonly ScratchTensor[];
}

export type ScratchReply =
  | { readonly id: number; readonly outputs: readonly ScratchTensor[] }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (outputs: readonly ScratchTensor[]) => void;
  readonly reject: (error: Error) => void;
}

/** A worker that is started with the first model. */
export class Scratch {
  #worker: Worker | null = null;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** Outputs in the order of the model. Rejects with the words of ONNX Runtime. */
  run(onnx: Uint8Array, inputs: readonly ScratchTensor[]): Promise<readonly ScratchTensor[]> {
    const worker = this.#worker ?? this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, onnx, inputs } satisfies ScratchRequest);
    });
  }

  /** Ends the worker; what is under way rejects. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#rejectAll('The worker was stopped.');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker/scratch-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<ScratchReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('error' in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.outputs);
    };
    worker.onerror = ({ message }) => {
      this.#worker = null;
      this.#rejectAll(message || 'The worker could not be started.');
    };
    this.#worker = worker;
    return worker;
  }

  #rejectAll(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }
}
