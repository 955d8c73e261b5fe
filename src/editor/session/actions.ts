/**
 * What the interface asks of the session. The session, which owns the compiler link and the training worker, provides
 * the actions once at start; buttons, menus and shortcuts call them.
 */
import type { Evaluation } from '../../runtime/protocol.ts';
import type { BackendChoice } from '../store/types.ts';

/** `model`: the prediction graph with its weights; `trainable`: the same with how to train it; `training`: one training step. */
export type ExportKind = 'model' | 'trainable' | 'training' | 'gradients';

export interface SessionActions {
  /** Resolves when the worker has the graph as it is, and shows its values. Rejects with what stands in the way. */
  readonly ready: () => Promise<void>;
  /** Loss and metrics on a split; null where there are none. */
  readonly evaluate: (split: 'validation' | 'test') => Promise<Evaluation | null>;
  /** Begins or goes on training. */
  readonly start: () => void;
  readonly pause: () => void;
  /** Trains `count` steps and pauses. */
  readonly step: (count: number) => void;
  /** Back to the initial parameters and step 0. */
  readonly reset: () => void;
  /** The best parameters on the validation split, where they are kept. */
  readonly restoreBest: () => void;
  /** Takes effect from the next step on and recompiles nothing. */
  readonly setLearningRate: (value: number) => void;
  /** Steps a second at most; null: as fast as it goes. */
  readonly setPace: (perSecond: number | null) => void;
  readonly setBackend: (choice: BackendChoice) => void;
  /** The ONNX file. Rejects with a sentence for the user. */
  readonly exportModel: (kind: ExportKind) => Promise<Blob>;
  /** A zip of models, data and programs that go on with training elsewhere. Rejects with a sentence for the user. */
  readonly exportProject: () => Promise<Uint8Array>;
}

let provided: SessionActions | null = null;

export function provideSessionActions(actions: SessionActions): void {
  provided = actions;
}

export function sessionActions(): SessionActions {
  if (!provided) throw new Error('provideSessionActions was not called');
  return provided;
}
