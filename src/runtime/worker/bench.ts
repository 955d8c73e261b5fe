/**
 * What is loaded, how far it is trained, and the one queue through which all goes that touches the session: sessions take
 * one call at a time.
 */
import {
  EMPTY_STATUS,
  type Emit,
  type Evaluation,
  RuntimeError,
  type RuntimeStatus,
  type Split,
  type State,
  toProblem,
} from '../protocol.ts';
import type { Clock } from './clock.ts';
import type { ReadFile } from './datasets/files.ts';
import { DataStore } from './datasets/load.ts';
import { epochOf, guard, type Loaded, statusOf } from './loaded.ts';
import { Budget } from './schedule.ts';

/** Of the time, and at least so many ms apart. */
const EVALUATION = { share: 0.2, every: 1000 };
const SAVE_MS = 10_000;
/** The first save comes soon, so that a crash early on does not lead back to step 0. */
const FIRST_SAVE_MS = 2000;

export class Bench {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly data: DataStore;
  loaded: Loaded | null = null;
  /** Steps made. */
  step = 0;
  /** Of the last step whose loss has arrived. */
  loss: number | null = null;
  evaluation = new Budget(EVALUATION.share, EVALUATION.every);
  #status: RuntimeStatus = EMPTY_STATUS;
  #queue: Promise<unknown> = Promise.resolve();
  #savedStep = 0;
  #savedTime = 0;

  constructor(emit: Emit, readFile: ReadFile, clock: Clock) {
    this.emit = emit;
    this.clock = clock;
    this.data = new DataStore(readFile);
  }

  get status(): RuntimeStatus {
    return this.#status;
  }

  need(): Loaded {
    if (!this.loaded) throw new RuntimeError('runtime/no-training', 'No graph is loaded.');
    return this.loaded;
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  guard<T>(promise: Promise<T>): Promise<T> {
    return guard(promise, this.need().session, this.clock);
  }

  report(change: Partial<RuntimeStatus>): RuntimeStatus {
    const { loaded } = this;
    this.#status = { ...this.#status, ...(loaded && statusOf(loaded, this.step)), ...change };
    this.emit('status', this.#status);
    return this.#status;
  }

  fail(error: unknown): void {
    if (this.#status.phase === 'failed') return;
    this.report({ phase: 'failed' });
    this.emit('fatal', toProblem(error));
  }

  moveTo(step: number): void {
    this.loaded?.breakpoints?.forget();
    this.loaded?.settings.goBack(step, this.loaded.hyperparameters);
    this.step = step;
    this.loss = null;
    this.evaluation = new Budget(EVALUATION.share, EVALUATION.every);
    this.#savedTime = this.clock.now() - SAVE_MS + FIRST_SAVE_MS;
  }

  /** `counts`: the rules of the loop hear of it. Only what is said of the validation split is sent as an event. */
  async evaluate(split: Split = 'validation', counts = false): Promise<Evaluation | null> {
    const { evaluator, session, supervisor } = this.need();
    await this.guard(session.settle());
    const started = this.clock.now();
    const score = await this.guard(evaluator.run(split));
    this.evaluation.spent(started, this.clock.now());
    if (!score) return null;
    const evaluation = { split, step: this.step, epoch: epochOf(this.need(), this.step), ...score };
    if (split !== 'validation') return evaluation;
    this.emit('evaluation', evaluation);
    if (counts) {
      await supervisor.take(evaluation, () => this.guard(session.readState()));
      this.emit('rules', supervisor.report(this.step));
    }
    return evaluation;
  }

  /** `ahead`: at the batch of the step to be made. */
  async look(ahead = false): Promise<void> {
    const { observer } = this.need();
    if (observer) this.emit('frame', await this.guard(observer.look(this.step, ahead)));
  }

  /** Whether the last save is long ago. */
  get isSaveDue(): boolean {
    return this.clock.now() - this.#savedTime >= SAVE_MS;
  }

  get isSaved(): boolean {
    return this.#savedStep === this.step;
  }

  async save(): Promise<void> {
    const { step } = this;
    this.#savedTime = this.clock.now();
    this.saved(await this.need().session.readState(), step);
  }

  /** Null: the initial values. */
  saved(state: State | null, step = this.step): void {
    const { plan, hyperparameters, supervisor } = this.need();
    const loop = supervisor.saved;
    this.#savedStep = step;
    this.emit('checkpoint', {
      key: plan.key,
      step,
      state,
      hyperparameters: { ...hyperparameters },
      ...(loop && { loop }),
    });
  }
}
