/**
 * The training loop. It works in turns of some 60 ms; between turns it lets messages in, looks at the values, evaluates
 * and saves, each within its share of the time. Whatever touches the session goes through one queue, because sessions
 * take one call at a time.
 */

import type { GradientCheckPlan, GraphPlan, GuardPlan, ProbePlan, TrainingPlan } from '../../compiler/plan.ts';
import {
  type BreakpointHit,
  type Checkpoint,
  EMPTY_STATUS,
  type Emit,
  type Evaluation,
  type Frame,
  type GradientCheck,
  type Inquiry,
  type InquiryReply,
  type LoadOptions,
  type RunResult,
  RuntimeError,
  type RuntimeStatus,
  type Split,
  type State,
  type TraceFrame,
  toProblem,
} from '../protocol.ts';
import { checkGradients, traceSteps } from './aside.ts';
import { type OpenSession, openSession } from './backend.ts';
import { Breakpoints } from './breakpoints.ts';
import { type Clock, realClock } from './clock.ts';
import type { ReadFile } from './datasets/files.ts';
import { DataStore } from './datasets/load.ts';
import { initialState } from './initializers.ts';
import {
  carryOver,
  epochOf,
  guard,
  type Loaded,
  putAway,
  requireSame,
  requireSizes,
  statusOf,
  takeUp,
} from './loaded.ts';
import { Observer } from './observer.ts';
import { replay } from './replay.ts';
import type { Run } from './run.ts';
import { Budget, Pace, Pacer, Rate } from './schedule.ts';

const TURN_MS = 60;
/** Of the time, and at least so many ms apart. */
const EVALUATION = { share: 0.2, every: 1000 };
const SAVE_MS = 10_000;
/** The first save comes soon, so that a crash early on does not lead back to step 0. */
const FIRST_SAVE_MS = 2000;
/** Longest sleep of a paced run: a pause is noticed that soon. */
const NAP_MS = 30;
/** A pause of so long saves the state as well. */
const IDLE_MS = 1000;

export interface TrainerOptions {
  readonly emit: Emit;
  readonly readFile: ReadFile;
  readonly clock?: Clock;
  readonly open?: OpenSession;
}

export class Trainer {
  readonly #emit: Emit;
  readonly #clock: Clock;
  readonly #open: OpenSession;
  readonly #data: DataStore;
  #queue: Promise<unknown> = Promise.resolve();
  #loaded: Loaded | null = null;
  #status: RuntimeStatus = EMPTY_STATUS;
  #run: Run | null = null;
  #step = 0;
  /** Steps whose losses have arrived. */
  #reported = 0;
  #loss: number | null = null;
  #savedStep = 0;
  #savedTime = 0;
  #perSecond: number | null = null;
  #pace: Pace | null = null;
  #cancelIdle: () => void = () => {};
  #evaluation = new Budget(EVALUATION.share, EVALUATION.every);
  #rate = new Rate(0, 0);
  #pacer = new Pacer(TURN_MS);

  constructor({ emit, readFile, clock = realClock(), open = openSession }: TrainerOptions) {
    this.#emit = emit;
    this.#clock = clock;
    this.#open = open;
    this.#data = new DataStore(readFile);
  }

  get status(): RuntimeStatus {
    return this.#status;
  }

  /**
   * Ends the run and takes another plan. State is kept if the key is the same, or for unchanged slots if `keep` is set.
   * If the data cannot be loaded the plan before it stays.
   */
  async load(plan: TrainingPlan, options: LoadOptions): Promise<RuntimeStatus> {
    await this.pause();
    return this.#exclusive(async () => {
      this.#report({ phase: 'loading', requested: options.backend });
      try {
        const columns = await this.#data.columns(plan);
        const before = this.#loaded;
        const kept = before && !options.resume ? await carryOver(before, this.#step, plan, options.keep) : null;
        this.#loaded = null;
        if (before) await putAway(before);
        const opened = await this.#open(plan, columns, options, this.#emit);
        const carried = options.resume ?? kept;
        this.#take(takeUp(plan, options, opened, carried));
        this.#moveTo(carried?.step ?? 0);
        if (kept) await this.#save();
        else if (!options.resume) this.#saved(null);
      } catch (error) {
        this.#report({ phase: this.#loaded ? 'paused' : 'failed' });
        throw error;
      }
      return this.#report({ phase: 'paused' });
    });
  }

  #take(loaded: Loaded): void {
    const { session } = loaded;
    this.#loaded = loaded;
    this.#pacer = new Pacer(TURN_MS);
    session.onLosses = (losses) => this.#receive(losses);
    session.failure.catch((error: unknown) => {
      if (this.#loaded === loaded) this.#fail(error);
    });
  }

  /** Trains until `until` steps are made in all; null: for as many epochs as the plan says, or until paused. */
  async run(until: number | null): Promise<RunResult> {
    // A load under way comes first; whoever started a run meanwhile is ended.
    await this.#exclusive(async () => {});
    while (this.#run) await this.pause();
    const { plan, session, order } = this.#need();
    if (!plan.graphs[session.backend].train) {
      throw new RuntimeError(
        'runtime/no-training',
        'The graph has nothing to train: it needs a loss and an optimizer.',
      );
    }
    const all = plan.epochs > 0 ? plan.epochs * (order?.stepsPerEpoch ?? 1) : Number.POSITIVE_INFINITY;
    let end: (result: Promise<RunResult>) => void = () => {};
    const run: Run = {
      until: until ?? all,
      paced: until === null,
      from: this.#step,
      started: this.#clock.now(),
      why: null,
      ended: new Promise((resolve) => {
        end = resolve;
      }),
    };
    this.#run = run;
    this.setPace(this.#perSecond);
    this.#cancelIdle();
    this.#rate = new Rate(run.started, this.#step);
    this.#emit('started', { from: run.from, until });
    this.#report({ phase: 'training' });
    end(this.#loop(run, until === null ? 'epochs' : 'done'));
    return run.ended;
  }

  /** Steps a second at most, for runs without an end; null: as many as there can be. */
  setPace(perSecond: number | null): void {
    this.#perSecond = perSecond;
    this.#pace = perSecond === null ? null : new Pace(perSecond, this.#clock.now(), this.#step);
  }

  #nap(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(NAP_MS, resolve));
  }

  async step(count: number): Promise<RunResult> {
    await this.pause();
    await this.#exclusive(async () => {});
    return this.run(this.#step + count);
  }

  /** Resolves when the run has ended and everything of it has been reported. */
  async pause(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.why ??= 'paused';
    await run.ended.catch(() => {});
  }

  async #loop(run: Run, goal: 'done' | 'epochs'): Promise<RunResult> {
    const session = this.#need().session;
    try {
      while (run.why === null) {
        if (this.#step >= run.until) run.why = goal;
        else if (run.paced && this.#pace?.due(this.#clock.now(), this.#step) === 0) await this.#nap();
        else await this.#exclusive(() => this.#turn(run));
        await this.#clock.breathe();
      }
      await this.#exclusive(() => this.#guard(session.settle()));
      const { observer, breakpoints } = this.#need();
      const ahead = breakpoints?.stands(this.#step) ?? false;
      if (ahead || observer?.step !== this.#step) await this.#exclusive(() => this.#look(ahead));
    } catch (error) {
      this.#run = null;
      if (session.backend === 'webgpu') this.#fail(error);
      else this.#emit('problem', toProblem(error));
      if (this.#status.phase === 'training') this.#report({ phase: 'paused' });
      throw error;
    }
    this.#run = null;
    const ended = this.#clock.now();
    const steps = this.#step - run.from;
    const why = run.why ?? goal;
    const result: RunResult = { steps, step: this.#step, loss: this.#loss, milliseconds: ended - run.started, why };
    this.#report({ phase: 'paused' });
    this.#emit('ended', result);
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => {
      const worthwhile = !this.#run && this.#savedStep !== this.#step && Number.isFinite(this.#loss ?? 0);
      if (worthwhile) this.#exclusive(() => this.#save()).catch(() => {});
    });
    return result;
  }

  async #turn(run: Run): Promise<void> {
    const { session, order, observer, breakpoints } = this.#need();
    if (this.#step === 0 && this.#evaluation.due(this.#clock.now())) await this.#evaluate();
    const hit = breakpoints && (await this.#guard(breakpoints.before(this.#step)));
    if (hit) return this.#stopAt(hit);
    const perEpoch = order?.stepsPerEpoch ?? 1;
    const limits = [this.#pacer.next(), breakpoints ? 1 : session.maxSteps, run.until - this.#step];
    if (run.paced && this.#pace) limits.push(Math.max(1, this.#pace.due(this.#clock.now(), this.#step)));
    // An evaluation belongs to the very end of an epoch; while none is due, turns may run past it.
    if (order && this.#evaluation.due(this.#clock.now())) limits.push(perEpoch - (this.#step % perEpoch));
    const steps = Math.min(...limits);

    const started = this.#clock.now();
    await this.#guard(session.train(steps, order?.rows(this.#step, steps) ?? null));
    this.#step += steps;
    if (breakpoints) await this.#guard(session.settle());
    const now = this.#clock.now();
    this.#pacer.took(steps, now - started);
    this.#rate.measure(now, this.#step);

    if (observer?.due()) await this.#look();
    if (this.#step % perEpoch === 0 && this.#evaluation.due(this.#clock.now())) await this.#evaluate();
    // Not awaited: training goes on while the values travel.
    if (now - this.#savedTime >= SAVE_MS && run.why === null) this.#save().catch(() => {});
  }

  #receive(losses: Float32Array): void {
    const from = this.#reported;
    this.#reported += losses.length;
    this.#loss = losses.at(-1) ?? this.#loss;
    this.#emit('losses', { from, losses, stepsPerSecond: this.#rate.perSecond });
    const hit = this.#loaded?.breakpoints?.after(losses, this.#reported);
    if (hit) this.#stopAt(hit);
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad < 0 || this.#run?.why === 'diverged') return;
    if (this.#run) this.#run.why = 'diverged';
    const step = from + bad + 1;
    const message = `The loss became ${losses[bad]} at step ${step}. A smaller learning rate may help; reset to start again.`;
    this.#emit('problem', { code: 'runtime/diverged', message, step });
  }

  #stopAt(hit: BreakpointHit): void {
    if (this.#run) this.#run.why ??= 'breakpoint';
    this.#emit('breakpoint', hit);
  }

  /** Looked at before each step from now on. */
  setBreakpoints(plan: GuardPlan | null): Promise<void> {
    return this.#exclusive(async () => {
      const loaded = this.#need();
      await loaded.breakpoints?.close();
      loaded.breakpoints = plan && (await Breakpoints.open(plan, loaded.session, loaded.order));
    });
  }

  /** Starts again from the initial values, which are the same each time. Hyperparameters stay as they are. */
  async reset(): Promise<void> {
    await this.pause();
    await this.#exclusive(() => this.#goBack(0, null));
  }

  /** Goes back to a step; hyperparameters stay as they are. */
  async rewind(to: Checkpoint, step = to.step): Promise<void> {
    await this.pause();
    await this.#exclusive(async () => {
      const loaded = this.#need();
      requireSame(loaded.plan, to);
      const state = step > to.step ? await this.#guard(replay(loaded, to, step)) : to.state;
      await this.#goBack(step, state);
    });
  }

  /** Null: the initial values. */
  async #goBack(step: number, state: State | null): Promise<void> {
    const { plan, session } = this.#need();
    session.writeState(state ?? initialState(plan.state));
    this.#moveTo(step);
    this.#saved(state);
    this.#report({});
    await this.#look();
  }

  setHyperparameter(name: string, value: number): Promise<void> {
    return this.#exclusive(async () => {
      const { hyperparameters, session, settings } = this.#need();
      if (!(name in hyperparameters)) throw new RuntimeError('runtime/data', `There is no hyperparameter ${name}.`);
      hyperparameters[name] = value;
      session.setHyperparameter(name, value);
      settings.add(this.#step, name, value);
    });
  }

  /** Only what is said of the validation split is sent as an event too. */
  evaluate(split: Split = 'validation'): Promise<Evaluation | null> {
    return this.#exclusive(() => this.#evaluate(split));
  }

  async #evaluate(split: Split = 'validation'): Promise<Evaluation | null> {
    const { evaluator, session } = this.#need();
    await this.#guard(session.settle());
    const started = this.#clock.now();
    const score = await this.#guard(evaluator.run(split));
    this.#evaluation.spent(started, this.#clock.now());
    if (!score) return null;
    const evaluation = { split, step: this.#step, epoch: epochOf(this.#need(), this.#step), ...score };
    if (split === 'validation') this.#emit('evaluation', evaluation);
    return evaluation;
  }

  /** From now on frames of this probe are sent, one at once and then as often as the budget allows while training. */
  observe(probe: ProbePlan | null): Promise<void> {
    return this.#exclusive(async () => {
      const loaded = this.#need();
      await loaded.observer?.close();
      loaded.observer = probe && (await Observer.open(probe, loaded.session, loaded.order, this.#clock));
      await this.#look();
    });
  }

  async #look(ahead = false): Promise<void> {
    const { observer } = this.#need();
    if (observer) this.#emit('frame', await this.#guard(observer.look(this.#step, ahead)));
  }

  /** A probe's values once, now. */
  probe(probe: ProbePlan): Promise<Frame> {
    return this.#exclusive(async () => {
      const { session, order } = this.#need();
      const observer = await Observer.open(probe, session, order, this.#clock);
      try {
        return await this.#guard(observer.look(this.#step));
      } finally {
        await observer.close();
      }
    });
  }

  readState(): Promise<State> {
    return this.#exclusive(() => this.#guard(this.#need().session.readState()));
  }

  /** Replaces the values of the slots that are named. */
  loadState(state: State): Promise<void> {
    return this.#exclusive(async () => {
      const { plan, session } = this.#need();
      requireSizes(plan, state);
      session.writeState(state);
      await this.#save();
      await this.#look();
    });
  }

  checkGradients(plan: GradientCheckPlan): Promise<GradientCheck> {
    return this.#exclusive(async () => {
      const loaded = this.#need();
      const columns = await this.#data.columns(loaded.plan);
      return this.#guard(checkGradients(loaded, columns, plan, this.#step));
    });
  }

  /** Answered beside training, whatever trains. */
  inquire(inquiry: Inquiry): Promise<InquiryReply> {
    return this.#exclusive(async () => {
      const loaded = this.#need();
      const columns = await this.#data.columns(loaded.plan);
      return this.#guard(loaded.inquiries.answer(loaded, columns, inquiry, this.#step));
    });
  }

  /** Ends a run: what it makes again, nothing may come between. */
  async trace(graph: GraphPlan, from: Checkpoint, bad: number): Promise<TraceFrame[]> {
    await this.pause();
    return this.#exclusive(async () => {
      const loaded = this.#need();
      requireSame(loaded.plan, from);
      const columns = await this.#data.columns(loaded.plan);
      return this.#guard(traceSteps(loaded, columns, graph, from, bad));
    });
  }

  /** For tests. Does nothing on wasm. */
  loseDevice(): void {
    const { session } = this.#need();
    session.loseDevice?.();
  }

  async close(): Promise<void> {
    await this.pause();
    this.#cancelIdle();
    await this.#exclusive(async () => {
      const loaded = this.#loaded;
      this.#loaded = null;
      if (loaded) await putAway(loaded);
    });
  }

  async #save(): Promise<void> {
    const step = this.#step;
    this.#savedTime = this.#clock.now();
    this.#saved(await this.#need().session.readState(), step);
  }

  #saved(state: State | null, step = this.#step): void {
    const { plan, hyperparameters } = this.#need();
    this.#savedStep = step;
    this.#emit('checkpoint', { key: plan.key, step, state, hyperparameters: { ...hyperparameters } });
  }

  #moveTo(step: number): void {
    this.#loaded?.breakpoints?.forget();
    this.#loaded?.settings.goBack(step, this.#loaded.hyperparameters);
    this.#step = step;
    this.#reported = step;
    this.#loss = null;
    this.#evaluation = new Budget(EVALUATION.share, EVALUATION.every);
    this.#savedTime = this.#clock.now() - SAVE_MS + FIRST_SAVE_MS;
  }

  #fail(error: unknown): void {
    if (this.#status.phase === 'failed') return;
    this.#report({ phase: 'failed' });
    this.#emit('fatal', toProblem(error));
  }

  #need(): Loaded {
    if (!this.#loaded) throw new RuntimeError('runtime/no-training', 'No graph is loaded.');
    return this.#loaded;
  }

  #report(change: Partial<RuntimeStatus>): RuntimeStatus {
    const loaded = this.#loaded;
    this.#status = { ...this.#status, ...(loaded && statusOf(loaded, this.#step)), ...change };
    this.#emit('status', this.#status);
    return this.#status;
  }

  #guard<T>(promise: Promise<T>): Promise<T> {
    return guard(promise, this.#need().session, this.#clock);
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
