/** A backend holding one plan's state and data: what trainer.ts drives. */

import type { Backend, GraphPlan, TrainingPlan } from '../../compiler/plan.ts';
import { type AdapterSummary, RuntimeError, type State } from '../protocol.ts';
import type { Column } from './datasets/load.ts';
import type { OrtBuild } from './ort.ts';

export interface SessionOptions {
  readonly plan: TrainingPlan;
  readonly columns: ReadonlyMap<string, Column>;
  readonly build: OrtBuild;
}

/** Calls must not overlap: the WebGPU execution provider runs one stream, and concurrent runs or creations break it. */
export interface TrainingSession {
  readonly backend: Backend;
  readonly adapter: AdapterSummary | null;
  /** Steps that one `train` may take. */
  readonly maxSteps: number;
  /** Gets the losses of every step in order, some time after it. */
  onLosses: (losses: Float32Array) => void;
  /** Rejects when the device fails behind the session's back; never resolves. */
  readonly failure: Promise<never>;

  /**
   * Steps whose row numbers are `rows`, one batch after another; null for a graph without an index. All batches have one
   * size, that of the plan or of the rows left over. `factors` of the hyperparameters in each step; null: all are 1.
   */
  train(steps: number, rows: Int32Array | null, factors?: Float32Array | null): Promise<void>;
  /** Resolves when all steps are done and their losses delivered. */
  settle(): Promise<void>;
  setHyperparameter(name: string, value: number): void;
  /** Resolves with the state as of this call; steps may go on meanwhile. */
  readState(): Promise<State>;
  writeState(state: State): void;
  /** Another graph over the same state and data. */
  open(graph: GraphPlan): Promise<Runner>;
  close(): Promise<void>;
  /** For tests: as if the driver had failed. Absent where there is no device to lose. */
  loseDevice?(): void;
}

export interface Runner {
  /** Runs the graph once for each batch of row numbers; values of all its outputs by name. */
  run(batches: readonly (Int32Array | null)[]): Promise<Record<string, Float32Array>[]>;
  close(): Promise<void>;
}

/** The one whose graph takes batches of that many rows. */
export function trainingFor<T extends { readonly graph: GraphPlan }>(
  trainings: readonly T[],
  steps: number,
  rows: Int32Array | null,
): T | undefined {
  if (!rows) return trainings[0];
  return trainings.find(({ graph }) => graph.batch === rows.length / steps);
}

export function hyperparametersOf(plan: TrainingPlan): Record<string, number> {
  return Object.fromEntries(plan.hyperparameters.map(({ name, initial }) => [name, initial]));
}

export function get<V>(map: ReadonlyMap<string, V>, key: string): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the plan binds ${key}, which it does not declare`);
  return value;
}

export function notFed(name: string): RuntimeError {
  return new RuntimeError(
    'runtime/data',
    `The input ${name} is not connected to data, so there is nothing to run it on.`,
  );
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
