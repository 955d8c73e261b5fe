/** A plan with all that runs it, and what of it outlives another load. */

import type { TrainingPlan } from '../../compiler/plan.ts';
import { type Checkpoint, type LoadOptions, RuntimeError, type RuntimeStatus, type State } from '../protocol.ts';
import type { Opened } from './backend.ts';
import type { Breakpoints } from './breakpoints.ts';
import type { Clock } from './clock.ts';
import { Evaluator } from './evaluator.ts';
import { initialState, keepState, sizeOf } from './initializers.ts';
import { Inquiries } from './inquiries.ts';
import type { Observer } from './observer.ts';
import { Settings } from './replay.ts';
import { BatchOrder } from './schedule.ts';
import { hyperparametersOf, type TrainingSession } from './session.ts';
import { Supervisor } from './supervisor.ts';

export interface Loaded {
  readonly plan: TrainingPlan;
  readonly options: LoadOptions;
  readonly opened: Opened;
  readonly session: TrainingSession;
  readonly order: BatchOrder | null;
  readonly evaluator: Evaluator;
  readonly supervisor: Supervisor;
  readonly hyperparameters: Record<string, number>;
  /** What hyperparameters were set to, and when. */
  readonly settings: Settings;
  readonly inquiries: Inquiries;
  observer: Observer | null;
  breakpoints: Breakpoints | null;
}

/** What a plan starts from instead of its initial values. */
export type Carried = Omit<Checkpoint, 'key'>;

/** Sets the session's state and hyperparameters, to those of `carried` where there are any. */
export function takeUp(plan: TrainingPlan, options: LoadOptions, opened: Opened, carried: Carried | null): Loaded {
  const { session } = opened;
  const split = plan.splits?.train;
  const hyperparameters = { ...hyperparametersOf(plan), ...carried?.hyperparameters };
  for (const [name, value] of Object.entries(hyperparameters)) session.setHyperparameter(name, value);
  session.writeState(carried?.state ?? initialState(plan.state));
  const { seed, shuffle, loop } = plan;
  const order = split ? new BatchOrder(split, plan.batchSize, shuffle ? seed : null, loop.lastBatch) : null;
  return {
    plan,
    options,
    opened,
    session,
    order,
    evaluator: new Evaluator(plan, plan.graphs[session.backend], session),
    supervisor: new Supervisor(loop, order?.stepsPerEpoch ?? 1, carried?.loop ?? null),
    hyperparameters,
    settings: new Settings(),
    inquiries: new Inquiries(),
    observer: null,
    breakpoints: null,
  };
}

/** State of `before` for a plan with the same key or, if `keep` is set, as much of it as fits any plan. */
export async function carryOver(
  before: Loaded,
  step: number,
  plan: TrainingPlan,
  { keep, from }: Pick<LoadOptions, 'keep' | 'from'>,
): Promise<Carried | null> {
  if (before.plan.key !== plan.key && !keep) return null;
  // A value set while training stays, unless the graph itself now says something else.
  const was = hyperparametersOf(before.plan);
  const still = plan.hyperparameters.filter(({ name, initial }) => was[name] === initial);
  // What other rules knew is of no use to these, and parameters of another graph are not its best.
  const same = before.plan.key === plan.key && JSON.stringify(before.plan.loop) === JSON.stringify(plan.loop);
  const loop = same ? before.supervisor.saved : null;
  return {
    step,
    ...(loop && { loop }),
    state: keepState(plan.state, before.plan.state, await before.session.readState(), from),
    hyperparameters: Object.fromEntries(still.map(({ name }) => [name, before.hyperparameters[name] ?? 0])),
  };
}

export async function putAway({ observer, breakpoints, inquiries, evaluator, session }: Loaded): Promise<void> {
  await observer?.close();
  await breakpoints?.close();
  await inquiries.close();
  await evaluator.close();
  await session.close();
}

export function epochOf({ order }: Loaded, step: number): number {
  return order ? Math.floor(step / order.stepsPerEpoch) : 0;
}

export function statusOf(loaded: Loaded, step: number): Omit<RuntimeStatus, 'phase'> {
  const { plan, options, opened, session, order } = loaded;
  return {
    plan: plan.key,
    requested: options.backend,
    backend: session.backend,
    reason: opened.reason,
    adapter: session.adapter,
    build: opened.build,
    threads: opened.threads,
    step,
    epoch: epochOf(loaded, step),
    stepsPerEpoch: order?.stepsPerEpoch ?? 1,
  };
}

type Reject = (error: unknown) => void;

interface Waiting {
  readonly rejects: Set<Reject>;
  failed: { readonly error: unknown } | null;
}

/** Who waits beside a failure that may never come. A promise would remember each of them for as long as it is pending. */
const waiting = new WeakMap<Promise<never>, Waiting>();

function waitingFor({ failure }: TrainingSession): Waiting {
  const known = waiting.get(failure);
  if (known) return known;
  const made: Waiting = { rejects: new Set(), failed: null };
  waiting.set(failure, made);
  failure.catch((error: unknown) => {
    made.failed = { error };
    for (const reject of made.rejects) reject(error);
    made.rejects.clear();
  });
  return made;
}

/** Calls `reject` when the device fails, unless what is returned was called before. */
function onFailure(session: TrainingSession, reject: Reject): () => void {
  const { rejects, failed } = waitingFor(session);
  if (failed) reject(failed.error);
  else rejects.add(reject);
  return () => rejects.delete(reject);
}

/**
 * Whatever waits for the device must not wait for one that is gone. When a device goes, its calls may fail just before
 * it is known to have gone: that is then the better explanation.
 */
export function guard<T>(promise: Promise<T>, session: TrainingSession, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = onFailure(session, reject);
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        clock.after(session.backend === 'webgpu' ? 100 : 0, () => {
          end();
          reject(error);
        });
      },
    );
  });
}

/** Refuses a checkpoint that was made with another graph. */
export function requireSame({ key }: TrainingPlan, checkpoint: Checkpoint): void {
  if (checkpoint.key !== key) throw new RuntimeError('runtime/data', 'The checkpoint belongs to another graph.');
}

/** Refuses values of slots that have another size. */
export function requireSizes({ state: slots }: TrainingPlan, state: State): void {
  for (const { id, shape } of slots) {
    const size = state[id]?.length;
    if (size === undefined || size === sizeOf(shape)) continue;
    throw new RuntimeError('runtime/data', `${id} takes ${sizeOf(shape)} values, not ${size}.`);
  }
}
