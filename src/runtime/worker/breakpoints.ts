/**
 * Breakpoints of a run. What a step computes is looked at before the step is made, on the device that trains, so that
 * training pauses with the state that leads to it; a rise of the loss is known after a step.
 */
import type { GuardCondition, GuardedTensor, GuardPlan } from '../../compiler/plan.ts';
import type { BreakpointHit } from '../protocol.ts';
import type { BatchOrder } from './schedule.ts';
import type { Runner, TrainingSession } from './session.ts';

export class Breakpoints {
  readonly #plan: GuardPlan;
  readonly #order: BatchOrder | null;
  readonly #session: TrainingSession;
  readonly #runner: Runner | null;
  /** The step that training paused before: going on makes it. */
  #passed: number | null = null;
  #loss: number | null = null;
  /** The losses of rises in a row, with the one before them. */
  #rising: number[] = [];

  static async open(plan: GuardPlan, session: TrainingSession, order: BatchOrder | null): Promise<Breakpoints> {
    const runner = plan.graphs && (await session.open(plan.graphs[session.backend]));
    return new Breakpoints(plan, session, order, runner);
  }

  private constructor(plan: GuardPlan, session: TrainingSession, order: BatchOrder | null, runner: Runner | null) {
    this.#plan = plan;
    this.#session = session;
    this.#order = order;
    this.#runner = runner;
  }

  /** The first condition that holds in the step after `made` steps; null where none does, or where that was told before. */
  async before(made: number): Promise<BreakpointHit | null> {
    if (!this.#runner || !this.#plan.graphs || this.#passed === made) return null;
    await this.#session.settle();
    const { batch } = this.#plan.graphs[this.#session.backend];
    const [outputs = {}] = await this.#runner.run([this.#order?.rows(made, 1, batch) ?? null]);
    for (const condition of this.#plan.conditions) {
      const found = firstHit(condition, outputs);
      if (!found) continue;
      this.#passed = made;
      return { id: condition.id, when: condition.when, step: made + 1, ...found };
    }
    return null;
  }

  /** Whether training stands before a step that met a condition. */
  stands(made: number): boolean {
    return this.#passed === made;
  }

  /** Losses of steps in order, the last of which is the `made`th. */
  after(losses: Float32Array, made: number): BreakpointHit | null {
    let hit: BreakpointHit | null = null;
    losses.forEach((loss, at) => {
      const before = this.#loss;
      this.#loss = loss;
      if (before === null || !(loss > before)) this.#rising = [];
      else this.#rising = [...(this.#rising.length > 0 ? this.#rising : [before]), loss];
      const rises = this.#rising.length - 1;
      const met = this.#plan.conditions.find(({ when, limit }) => when === 'loss-rises' && rises >= limit);
      if (!met || hit) return;
      const step = made - losses.length + at + 1;
      hit = { id: met.id, when: met.when, step, tensor: null, index: null, value: loss, losses: this.#rising };
      this.#rising = [];
    });
    return hit;
  }

  /** Training went somewhere else: what was seen before says nothing of what comes. */
  forget(): void {
    this.#passed = null;
    this.#loss = null;
    this.#rising = [];
  }

  async close(): Promise<void> {
    await this.#runner?.close();
  }
}

type Found = Pick<BreakpointHit, 'tensor' | 'index' | 'value'>;

function firstHit(
  { when, limit, tensors }: GuardCondition,
  outputs: Readonly<Record<string, Float32Array>>,
): Found | null {
  for (const tensor of tensors) {
    const values = outputs[tensor.output];
    const index = values ? indexOf(when, limit, values) : -1;
    if (values && index >= 0) return { tensor: plain(tensor), index, value: values[index] ?? 0 };
  }
  return null;
}

function plain({ node, port, of, shape }: GuardedTensor): BreakpointHit['tensor'] {
  return { node, port, of, shape };
}

/** The first element that meets the condition; -1 for none. */
function indexOf(when: GuardCondition['when'], limit: number, values: Float32Array): number {
  switch (when) {
    case 'nan':
      return values.findIndex((value) => Number.isNaN(value));
    case 'infinite':
      return values.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
    case 'value-above':
    case 'gradient-above':
      return values.findIndex((value) => Math.abs(value) > limit);
    case 'gradient-zero':
      return values.length > 0 && values.every((value) => value === 0) ? 0 : -1;
    case 'loss-rises':
      return -1;
  }
}
