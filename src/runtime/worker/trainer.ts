/** What can be asked of training. Runs are made by loop.ts; what they work on is in bench.ts. */
import type { GradientCheckPlan, GraphPlan, GuardPlan, ProbePlan, TrainingPlan } from '../../compiler/plan.ts';
import {
  type Checkpoint,
  type Emit,
  type Evaluation,
  type Frame,
  type GradientCheck,
  type Inquiry,
  type InquiryReply,
  type LoadOptions,
  type LoopState,
  type RunResult,
  RuntimeError,
  type RuntimeStatus,
  type Split,
  type State,
  type TraceFrame,
} from '../protocol.ts';
import { checkGradients, traceSteps } from './aside.ts';
import { type OpenSession, openSession } from './backend.ts';
import { Bench } from './bench.ts';
import { Breakpoints } from './breakpoints.ts';
import { type Clock, realClock } from './clock.ts';
import type { ReadFile } from './datasets/files.ts';
import { initialState } from './initializers.ts';
import { carryOver, type Loaded, putAway, requireSame, requireSizes, takeUp } from './loaded.ts';
import { TrainingLoop } from './loop.ts';
import { Observer } from './observer.ts';
import { replay } from './replay.ts';

export interface TrainerOptions {
  readonly emit: Emit;
  readonly readFile: ReadFile;
  readonly clock?: Clock;
  readonly open?: OpenSession;
}

export class Trainer {
  readonly #open: OpenSession;
  readonly #bench: Bench;
  readonly #loop: TrainingLoop;

  constructor({ emit, readFile, clock = realClock(), open = openSession }: TrainerOptions) {
    this.#open = open;
    this.#bench = new Bench(emit, readFile, clock);
    this.#loop = new TrainingLoop(this.#bench);
  }

  get status(): RuntimeStatus {
    return this.#bench.status;
  }

  /**
   * Ends the run and takes another plan. State is kept if the key is the same, or for unchanged slots if `keep` is set.
   * If the data cannot be loaded the plan before it stays.
   */
  async load(plan: TrainingPlan, options: LoadOptions): Promise<RuntimeStatus> {
    await this.pause();
    const bench = this.#bench;
    return bench.exclusive(async () => {
      bench.report({ phase: 'loading', requested: options.backend });
      try {
        const columns = await bench.data.columns(plan);
        const before = bench.loaded;
        const kept = before && !options.resume ? await carryOver(before, bench.step, plan, options) : null;
        bench.loaded = null;
        if (before) await putAway(before);
        const opened = await this.#open(plan, columns, options, bench.emit);
        const carried = options.resume ?? kept;
        this.#take(takeUp(plan, options, opened, carried));
        this.#loop.begin(carried?.step ?? 0);
        if (kept) await bench.save();
        else if (!options.resume) bench.saved(null);
      } catch (error) {
        bench.report({ phase: bench.loaded ? 'paused' : 'failed' });
        throw error;
      }
      return bench.report({ phase: 'paused' });
    });
  }

  #take(loaded: Loaded): void {
    const { session } = loaded;
    this.#bench.loaded = loaded;
    session.onLosses = (losses) => this.#loop.receive(losses);
    session.failure.catch((error: unknown) => {
      if (this.#bench.loaded === loaded) this.#bench.fail(error);
    });
  }

  /** Trains until `until` steps are made in all; null: as the plan's loop says, or until paused. */
  run(until: number | null): Promise<RunResult> {
    return this.#loop.run(until);
  }

  async step(count: number): Promise<RunResult> {
    await this.pause();
    await this.#bench.exclusive(async () => {});
    return this.run(this.#bench.step + count);
  }

  /** Resolves when the run has ended and everything of it has been reported. */
  pause(): Promise<void> {
    return this.#loop.pause();
  }

  /** Steps a second at most, for runs without an end; null: as many as there can be. */
  setPace(perSecond: number | null): void {
    this.#loop.setPace(perSecond);
  }

  /** Writes the best parameters. The step they are of; null where none are kept. */
  restoreBest(): Promise<number | null> {
    return this.#bench.exclusive(async () => {
      const restored = await this.#loop.restore();
      return restored ? (this.#bench.need().supervisor.best?.step ?? null) : null;
    });
  }

  /** Looked at before each step from now on. */
  setBreakpoints(plan: GuardPlan | null): Promise<void> {
    return this.#bench.exclusive(async () => {
      const loaded = this.#bench.need();
      await loaded.breakpoints?.close();
      loaded.breakpoints = plan && (await Breakpoints.open(plan, loaded.session, loaded.order));
    });
  }

  /** Starts again from the initial values, which are the same each time. Hyperparameters stay as they are. */
  async reset(): Promise<void> {
    await this.pause();
    await this.#bench.exclusive(() => this.#goBack(0, null, null));
  }

  /** Goes back to a step; hyperparameters stay as they are. */
  async rewind(to: Checkpoint, step = to.step): Promise<void> {
    await this.pause();
    await this.#bench.exclusive(async () => {
      const loaded = this.#bench.need();
      requireSame(loaded.plan, to);
      const state = step > to.step ? await this.#bench.guard(replay(loaded, to, step)) : to.state;
      await this.#goBack(step, state, to.loop ?? null);
    });
  }

  /** Null: the initial values. */
  async #goBack(step: number, state: State | null, loop: LoopState | null): Promise<void> {
    const bench = this.#bench;
    const { plan, session, supervisor } = bench.need();
    session.writeState(state ?? initialState(plan.state));
    supervisor.goBack(step, loop);
    this.#loop.moveTo(step);
    bench.saved(state);
    bench.report({});
    bench.emit('rules', supervisor.report(step));
    await bench.look();
  }

  setHyperparameter(name: string, value: number): Promise<void> {
    return this.#bench.exclusive(async () => {
      const { hyperparameters, session, settings } = this.#bench.need();
      if (!(name in hyperparameters)) throw new RuntimeError('runtime/data', `There is no hyperparameter ${name}.`);
      hyperparameters[name] = value;
      session.setHyperparameter(name, value);
      settings.add(this.#bench.step, name, value);
    });
  }

  /** Only what is said of the validation split is sent as an event too. */
  evaluate(split: Split = 'validation'): Promise<Evaluation | null> {
    return this.#bench.exclusive(() => this.#bench.evaluate(split));
  }

  /** From now on frames of this probe are sent, one at once and then as often as the budget allows while training. */
  observe(probe: ProbePlan | null): Promise<void> {
    const bench = this.#bench;
    return bench.exclusive(async () => {
      const loaded = bench.need();
      await loaded.observer?.close();
      loaded.observer = probe && (await Observer.open(probe, loaded.session, loaded.order, bench.clock));
      await bench.look();
    });
  }

  /** A probe's values once, now. */
  probe(probe: ProbePlan): Promise<Frame> {
    const bench = this.#bench;
    return bench.exclusive(async () => {
      const { session, order } = bench.need();
      const observer = await Observer.open(probe, session, order, bench.clock);
      try {
        return await bench.guard(observer.look(bench.step));
      } finally {
        await observer.close();
      }
    });
  }

  readState(): Promise<State> {
    return this.#bench.exclusive(() => this.#bench.guard(this.#bench.need().session.readState()));
  }

  /** Replaces the values of the slots that are named. */
  loadState(state: State): Promise<void> {
    return this.#bench.exclusive(async () => {
      const { plan, session } = this.#bench.need();
      requireSizes(plan, state);
      session.writeState(state);
      await this.#bench.save();
      await this.#bench.look();
    });
  }

  checkGradients(plan: GradientCheckPlan): Promise<GradientCheck> {
    return this.#aside((loaded, columns, step) => checkGradients(loaded, columns, plan, step));
  }

  /** Answered beside training, whatever trains. */
  inquire(inquiry: Inquiry): Promise<InquiryReply> {
    return this.#aside((loaded, columns, step) => loaded.inquiries.answer(loaded, columns, inquiry, step));
  }

  /** Ends a run: what it makes again, nothing may come between. */
  async trace(graph: GraphPlan, from: Checkpoint, bad: number): Promise<TraceFrame[]> {
    await this.pause();
    return this.#aside((loaded, columns) => {
      requireSame(loaded.plan, from);
      return traceSteps(loaded, columns, graph, from, bad);
    });
  }

  #aside<T>(
    answer: (loaded: Loaded, columns: Awaited<ReturnType<Bench['data']['columns']>>, step: number) => Promise<T>,
  ): Promise<T> {
    return this.#bench.exclusive(async () => {
      const loaded = this.#bench.need();
      const columns = await this.#bench.data.columns(loaded.plan);
      return this.#bench.guard(answer(loaded, columns, this.#bench.step));
    });
  }

  /** For tests. Does nothing on wasm. */
  loseDevice(): void {
    const { session } = this.#bench.need();
    session.loseDevice?.();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    await this.#bench.exclusive(async () => {
      const { loaded } = this.#bench;
      this.#bench.loaded = null;
      if (loaded) await putAway(loaded);
    });
  }
}
