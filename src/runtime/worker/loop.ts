/**
 * The training loop. It works in turns of some 60 ms; between turns it lets messages in, looks at the values, evaluates
 * and saves, each within its share of the time.
 */
import { type BreakpointHit, type Emit, type RunResult, RuntimeError, toProblem } from '../protocol.ts';
import type { Bench } from './bench.ts';
import type { Clock } from './clock.ts';
import type { Run } from './run.ts';
import { Pace, Pacer, Rate } from './schedule.ts';

const TURN_MS = 60;
/** Longest sleep of a paced run: a pause is noticed that soon. */
const NAP_MS = 30;
/** A pause of so long saves the state as well. */
const IDLE_MS = 1000;

export class TrainingLoop {
  readonly #bench: Bench;
  readonly #emit: Emit;
  readonly #clock: Clock;
  #run: Run | null = null;
  /** Steps whose losses have arrived. */
  #reported = 0;
  #perSecond: number | null = null;
  #pace: Pace | null = null;
  #cancelIdle: () => void = () => {};
  #rate = new Rate(0, 0);
  #pacer = new Pacer(TURN_MS);

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#emit = bench.emit;
    this.#clock = bench.clock;
  }

  /** Of another plan: what a step took before says nothing of its steps. */
  begin(step: number): void {
    this.#pacer = new Pacer(TURN_MS);
    this.moveTo(step);
  }

  moveTo(step: number): void {
    this.#bench.moveTo(step);
    this.#reported = step;
  }

  /** Trains until `until` steps are made in all; null: as the plan's loop says, or until paused. */
  async run(until: number | null): Promise<RunResult> {
    const bench = this.#bench;
    // A load under way comes first; whoever started a run meanwhile is ended.
    await bench.exclusive(async () => {});
    while (this.#run) await this.pause();
    const { plan, session, order } = bench.need();
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
      open: until === null,
      from: bench.step,
      started: this.#clock.now(),
      why: null,
      ended: new Promise((resolve) => {
        end = resolve;
      }),
    };
    this.#run = run;
    this.setPace(this.#perSecond);
    this.#cancelIdle();
    this.#rate = new Rate(run.started, bench.step);
    this.#emit('started', { from: run.from, until });
    bench.report({ phase: 'training' });
    end(this.#loop(run));
    return run.ended;
  }

  /** Steps a second at most, for open runs; null: as many as there can be. */
  setPace(perSecond: number | null): void {
    this.#perSecond = perSecond;
    this.#pace = perSecond === null ? null : new Pace(perSecond, this.#clock.now(), this.#bench.step);
  }

  #nap(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(NAP_MS, resolve));
  }

  /** Resolves when the run has ended and everything of it has been reported. */
  async pause(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.why ??= 'paused';
    await run.ended.catch(() => {});
  }

  async #loop(run: Run): Promise<RunResult> {
    const bench = this.#bench;
    const { session } = bench.need();
    try {
      while (run.why === null) {
        const end = this.#endOf(run);
        if (end) run.why = end;
        else if (run.open && this.#pace?.due(this.#clock.now(), bench.step) === 0) await this.#nap();
        else await bench.exclusive(() => this.#turn(run));
        await this.#clock.breathe();
      }
      await bench.exclusive(() => this.#finish(run));
    } catch (error) {
      this.#run = null;
      if (session.backend === 'webgpu') bench.fail(error);
      else this.#emit('problem', toProblem(error));
      if (bench.status.phase === 'training') bench.report({ phase: 'paused' });
      throw error;
    }
    this.#run = null;
    const { step, loss } = bench;
    const milliseconds = this.#clock.now() - run.started;
    const result: RunResult = { steps: step - run.from, step, loss, milliseconds, why: run.why };
    bench.report({ phase: 'paused' });
    this.#emit('ended', result);
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => {
      const worthwhile = !this.#run && !bench.isSaved && Number.isFinite(bench.loss ?? 0);
      if (worthwhile) bench.exclusive(() => bench.save()).catch(() => {});
    });
    return result;
  }

  /** Why a run is over; null while it goes on. The rules of the loop end open runs only. */
  #endOf(run: Run): RunResult['why'] | null {
    const { step } = this.#bench;
    if (step >= run.until) return run.open ? 'epochs' : 'done';
    return run.open && this.#bench.need().supervisor.ending(step) ? 'early' : null;
  }

  async #turn(run: Run): Promise<void> {
    const bench = this.#bench;
    const { session, order, observer, breakpoints, supervisor } = bench.need();
    const timed = () => supervisor.isTimed && bench.evaluation.due(this.#clock.now());
    if (bench.step === 0 && bench.evaluation.due(this.#clock.now())) await bench.evaluate();
    const hit = breakpoints && (await bench.guard(breakpoints.before(bench.step)));
    if (hit) return this.#stopAt(hit);
    const perEpoch = order?.stepsPerEpoch ?? 1;
    const limits = [this.#pacer.next(), breakpoints ? 1 : session.maxSteps, run.until - bench.step];
    limits.push(supervisor.stepsToNext(bench.step));
    if (run.open && this.#pace) limits.push(Math.max(1, this.#pace.due(this.#clock.now(), bench.step)));
    // An evaluation belongs to the very end of an epoch; while none is due, turns may run past it.
    if (order && timed()) limits.push(perEpoch - (bench.step % perEpoch));
    const most = Math.min(...limits);
    const steps = order?.alike(bench.step, most) ?? most;

    const started = this.#clock.now();
    const rows = order?.rows(bench.step, steps) ?? null;
    await bench.guard(session.train(steps, rows, supervisor.factors(bench.step, steps)));
    bench.step += steps;
    if (breakpoints) await bench.guard(session.settle());
    const now = this.#clock.now();
    this.#pacer.took(steps, now - started);
    this.#rate.measure(now, bench.step);

    if (observer?.due()) await bench.look();
    const isDue = supervisor.isDue(bench.step) || (bench.step % perEpoch === 0 && timed());
    if (isDue) await bench.evaluate('validation', true);
    // Not awaited: training goes on while the values travel.
    if (bench.isSaveDue && run.why === null) bench.save().catch(() => {});
  }

  /** Everything of the run is reported, and what it ends with is in place. */
  async #finish(run: Run): Promise<void> {
    const bench = this.#bench;
    const { session, observer, breakpoints, supervisor } = bench.need();
    await bench.guard(session.settle());
    const byItself = run.why === 'early' || run.why === 'epochs';
    const restored = byItself && run.from < bench.step && supervisor.restores && (await this.restore());
    const ahead = breakpoints?.stands(bench.step) ?? false;
    if (!restored && (ahead || observer?.step !== bench.step)) await bench.look(ahead);
  }

  /**
   * Writes the best parameters, and the optimizer's state that belongs to them; false where none are kept. The step stays
   * as it is.
   */
  async restore(): Promise<boolean> {
    const bench = this.#bench;
    const { session, supervisor } = bench.need();
    if (!supervisor.best) return false;
    await bench.guard(session.settle());
    session.writeState(supervisor.best.state);
    await bench.save();
    await bench.evaluate();
    await bench.look();
    return true;
  }

  /** Losses of the next steps, in order. */
  receive(losses: Float32Array): void {
    const bench = this.#bench;
    const from = this.#reported;
    this.#reported += losses.length;
    bench.loss = losses.at(-1) ?? bench.loss;
    const learningRate = this.#learningRate(this.#reported - 1);
    this.#emit('losses', { from, losses, stepsPerSecond: this.#rate.perSecond, learningRate });
    const hit = bench.loaded?.breakpoints?.after(losses, this.#reported);
    if (hit) this.#stopAt(hit);
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad < 0 || this.#run?.why === 'diverged') return;
    if (this.#run) this.#run.why = 'diverged';
    const step = from + bad + 1;
    const message = `The loss became ${losses[bad]} at step ${step}. A smaller learning rate may help; reset to start again.`;
    this.#emit('problem', { code: 'runtime/diverged', message, step });
  }

  /** Of the first optimizer, in the step after `step` others. */
  #learningRate(step: number): number | null {
    const { loaded } = this.#bench;
    const rate = loaded?.hyperparameters[loaded.plan.hyperparameters[0]?.name ?? ''];
    return loaded && rate !== undefined ? rate * loaded.supervisor.factor(step) : null;
  }

  #stopAt(hit: BreakpointHit): void {
    if (this.#run) this.#run.why ??= 'breakpoint';
    this.#emit('breakpoint', hit);
  }

  async close(): Promise<void> {
    await this.pause();
    this.#cancelIdle();
  }
}
