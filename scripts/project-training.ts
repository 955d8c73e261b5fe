import { readFile } from 'node:fs/promises';
import type { TrainingPlan } from '../src/compiler/plan.ts';
import type { EventName, RuntimeEvents, State } from '../src/runtime/protocol.ts';
import { DataStore } from '../src/runtime/worker/datasets/load.ts';
import { initialState } from '../src/runtime/worker/initializers.ts';
import { Trainer } from '../src/runtime/worker/trainer.ts';

const fromDisk = (path: string) => readFile(new URL(`../public/${path}`, import.meta.url));

export interface Followed {
  readonly losses: readonly number[];
  /** Before the first step. */
  readonly state: State;
  /** After the last step. */
  readonly trained: State;
  readonly columns: ReadonlyMap<string, Float32Array | Int32Array>;
}

/** What the app does in the first steps of training, on wasm. */
export async function followTraining(plan: TrainingPlan, steps: number): Promise<Followed> {
  const losses: number[] = [];
  const emit = <E extends EventName>(event: E, data: RuntimeEvents[E]): void => {
    if (event !== 'losses') return;
    const { from, losses: some } = data as RuntimeEvents['losses'];
    losses.splice(from, some.length, ...some);
  };
  const trainer = new Trainer({ emit, readFile: fromDisk });
  await trainer.load(plan, { backend: 'wasm', keep: false });
  await trainer.step(steps);
  const trained = await trainer.readState();
  await trainer.close();
  const hasLoss = plan.graphs.wasm.train?.outputs.some(({ binding }) => binding.kind === 'loss') ?? false;
  const columns = await new DataStore(fromDisk).columns(plan);
  return { losses: hasLoss ? losses : [], state: initialState(plan.state), trained, columns };
}
