/**
 * Questions that are answered beside training, on wasm whatever trains: over a copy of the state, so that nothing of
 * training is touched.
 */
import type { GradientCheckPlan, GraphPlan, TrainingPlan } from '../../compiler/plan.ts';
import type { Checkpoint, GradientCheck, State, TraceFrame } from '../protocol.ts';
import type { Column } from './datasets/load.ts';
import { initialState } from './initializers.ts';
import type { Loaded } from './loaded.ts';
import { loadOrt } from './ort.ts';
import type { Runner, TrainingSession } from './session.ts';
import { checkParameters } from './slopes.ts';
import { WasmSession } from './wasm-session.ts';

type Columns = ReadonlyMap<string, Column>;

const NO_GRAPHS: TrainingPlan['graphs'][keyof TrainingPlan['graphs']] = {
  train: null,
  rest: null,
  evaluate: [],
};

/** Runs other graphs than training's, over state that is its own. */
export async function openAside({ plan, hyperparameters }: Loaded, columns: Columns): Promise<WasmSession> {
  const aside = { ...plan, graphs: { webgpu: NO_GRAPHS, wasm: NO_GRAPHS } };
  const session = await WasmSession.create({ plan: aside, columns, build: await loadOrt('wasm') });
  for (const [name, value] of Object.entries(hyperparameters)) session.setHyperparameter(name, value);
  return session;
}

function rowsOf({ order }: Loaded, { batch }: GraphPlan, index: number): Int32Array | null {
  return order?.rows(Math.max(0, index), 1, batch) ?? null;
}

async function runOnce(runner: Runner, rows: Int32Array | null): Promise<Record<string, Float32Array>> {
  const [outputs = {}] = await runner.run([rows]);
  return outputs;
}

/** Slopes of the cost on the batch of the last step; random operators draw the same numbers every time. */
export async function checkGradients(
  loaded: Loaded,
  columns: Columns,
  plan: GradientCheckPlan,
  step: number,
): Promise<GradientCheck> {
  const state = await loaded.session.readState();
  const session = await openAside(loaded, columns);
  const rows = rowsOf(loaded, plan.cost, step - 1);
  session.writeState(state);
  const slopes = await session.open(plan.gradients);
  const cost = await session.open(plan.cost);
  try {
    const gradients = await runOnce(slopes, rows);
    const costAt = async (moved: State): Promise<number> => {
      session.writeState(moved);
      return (await runOnce(cost, rows)).cost?.[0] ?? Number.NaN;
    };
    return { step, cost: await costAt(state), parameters: await checkParameters(plan, state, gradients, costAt) };
  } finally {
    await slopes.close();
    await cost.close();
    await session.close();
  }
}

/** Trains without anyone being told. */
export async function trainQuietly(session: TrainingSession, loaded: Loaded, from: number, to: number): Promise<void> {
  for (let step = from; step < to; ) {
    const most = Math.min(session.maxSteps, to - step);
    const steps = loaded.order?.alike(step, most) ?? most;
    await session.train(steps, loaded.order?.rows(step, steps) ?? null, loaded.supervisor.factors(step, steps));
    step += steps;
  }
  await session.settle();
}

/**
 * What the graph says of step `bad` and of the one before it, made again from a checkpoint: rows are a function of the
 * step. The state of training is put back as it was.
 */
export async function traceSteps(
  loaded: Loaded,
  columns: Columns,
  graph: GraphPlan,
  { state, step }: Checkpoint,
  bad: number,
): Promise<TraceFrame[]> {
  const { session } = loaded;
  const before = await session.readState();
  const { onLosses } = session;
  const aside = await openAside(loaded, columns);
  const runner = await aside.open(graph);
  const frames: TraceFrame[] = [];
  session.onLosses = () => {};
  try {
    session.writeState(state ?? initialState(loaded.plan.state));
    let at = step;
    for (const index of [bad - 2, bad - 1]) {
      if (index < at) continue;
      await trainQuietly(session, loaded, at, index);
      at = index;
      aside.writeState(await session.readState());
      const { numbers } = await runOnce(runner, rowsOf(loaded, graph, index));
      if (numbers) frames.push({ step: index + 1, numbers });
    }
    return frames;
  } finally {
    session.writeState(before);
    session.onLosses = onLosses;
    await runner.close();
    await aside.close();
  }
}
