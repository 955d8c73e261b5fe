import type { ProbePlan } from '../../compiler/plan.ts';
import type { Frame } from '../protocol.ts';
import type { Clock } from './clock.ts';
import { type BatchOrder, Budget } from './schedule.ts';
import type { Runner, TrainingSession } from './session.ts';

/** Of the time, and at least so many ms apart. */
const SHARE = 0.08;
const EVERY_MS = 50;

/** Runs a probe beside training: same state, the batch of the last step, never more than its share of the time. */
export class Observer {
  readonly #probe: ProbePlan;
  readonly #session: TrainingSession;
  readonly #order: BatchOrder | null;
  readonly #clock: Clock;
  readonly #runner: Runner;
  readonly #budget = new Budget(SHARE, EVERY_MS);
  #step = -1;

  static async open(probe: ProbePlan, session: TrainingSession, order: BatchOrder | null, clock: Clock) {
    return new Observer(probe, session, order, clock, await session.open(probe.graphs[session.backend]));
  }

  private constructor(
    probe: ProbePlan,
    session: TrainingSession,
    order: BatchOrder | null,
    clock: Clock,
    runner: Runner,
  ) {
    this.#probe = probe;
    this.#session = session;
    this.#order = order;
    this.#clock = clock;
    this.#runner = runner;
  }

  due(): boolean {
    return this.#budget.due(this.#clock.now());
  }

  /** Step of the last look. */
  get step(): number {
    return this.#step;
  }

  /** `ahead`: the batch of the step to be made, for what that is about to compute. */
  async look(step: number, ahead = false): Promise<Frame> {
    // Training queued before is not the observation's cost.
    await this.#session.settle();
    const started = this.#clock.now();
    const { batch } = this.#probe.graphs[this.#session.backend];
    const rows = this.#order?.rows(ahead ? step : Math.max(0, step - 1), 1, batch) ?? null;
    const [outputs] = await this.#runner.run([rows]);
    const ended = this.#clock.now();
    this.#budget.spent(started, ended);
    this.#step = step;
    return {
      probe: this.#probe.key,
      step: ahead ? step + 1 : step,
      outputs: outputs ?? {},
      milliseconds: ended - started,
      interval: this.#budget.interval,
    };
  }

  close(): Promise<void> {
    return this.#runner.close();
  }
}
