/** What the runner asks of a contestant, in the page or outside it. */

export type ModelName = 'mlp' | 'lenet';
export type Backend = 'wasm' | 'webgpu';

export const MODEL_NAMES: readonly ModelName[] = ['mlp', 'lenet'];
export const BACKENDS: readonly Backend[] = ['wasm', 'webgpu'];

export interface Block {
  /** Wall time of the whole block, from the first step's call to the last loss in JavaScript's hands. */
  readonly ms: number;
  /** Loss of the block's last step, before its update: the only value read back. */
  readonly loss: number;
}

export interface Contestant {
  /** Why the library cannot train the model there, or null. */
  cannot(model: ModelName, backend: Backend): string | null;
  /** Puts weights and data on the device. Steps that follow start from the seeded weights. */
  setup(model: ModelName, backend: Backend): Promise<void>;
  steps(count: number): Promise<Block>;
  dispose(): Promise<void>;
}

export interface Counts {
  dispatches: number;
  submits: number;
  /** writeBuffer calls and buffers mapped at creation, and their bytes. */
  uploads: number;
  uploadBytes: number;
  copies: number;
  copyBytes: number;
  /** mapAsync calls: every value JavaScript waits for. */
  readBacks: number;
}

export const NO_COUNTS: Counts = {
  dispatches: 0,
  submits: 0,
  uploads: 0,
  uploadBytes: 0,
  copies: 0,
  copyBytes: 0,
  readBacks: 0,
};
