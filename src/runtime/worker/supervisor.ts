/** Watches over a plan's training: how fast each step learns, when to validate, what was best, and when to stop. */
import type { TrainingPlan } from '../../compiler/plan.ts';
import type { Evaluation, LoopState, RulesReport, State } from '../protocol.ts';
import { isConstant, rateFactor } from '../training/learning-rate.ts';
import {
  beginRules,
  type Ending,
  endingOf,
  keepsBest,
  type RuleState,
  validated,
  validationSteps,
} from '../training/rules.ts';

/** Validations that training can go back beyond exactly. */
const REMEMBERED = 256;

export class Supervisor {
  readonly #loop: TrainingPlan['loop'];
  readonly #stepsPerEpoch: number;
  readonly #every: readonly number[];
  /** What the rules knew after each of the last validations; the last is what they know now. */
  #history: readonly RuleState[];
  #best: LoopState['best'];

  constructor(loop: TrainingPlan['loop'], stepsPerEpoch: number, saved: LoopState | null) {
    this.#loop = loop;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#every = validationSteps(loop, stepsPerEpoch);
    this.#history = [saved?.rules ?? beginRules(loop)];
    this.#best = saved?.best ?? null;
  }

  get #rules(): RuleState {
    return this.#history.at(-1) ?? beginRules(this.#loop);
  }

  /** Whether evaluations come as time allows. */
  get isTimed(): boolean {
    return this.#every.length === 0;
  }

  /** Steps that may be made before something has to be looked at. */
  stepsToNext(step: number): number {
    const { rule } = this.#loop.earlyStopping;
    const ending = rule === 'patience' ? Math.ceil(this.#rules.patience.steps) + 1 - step : Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(ending > 0 ? ending : 1, ...this.#every.map((every) => every - (step % every))));
  }

  isDue(step: number): boolean {
    return step > 0 && this.#every.some((every) => step % every === 0);
  }

  /** Factors of the learning rates of `count` steps after `step`; null where all are 1. */
  factors(step: number, count: number): Float32Array | null {
    if (isConstant(this.#loop.schedule)) return null;
    return Float32Array.from({ length: count }, (_, k) => this.factor(step + k));
  }

  /** Of the step that is made after `step` others. */
  factor(step: number): number {
    const falls = this.#rules.plateau.falls.filter((fall) => fall <= step).length;
    return rateFactor(this.#loop.schedule, { step, stepsPerEpoch: this.#stepsPerEpoch, falls });
  }

  /** What an evaluation of the validation split says; `readState` is called where its parameters are the best so far. */
  async take({ step, loss, metrics }: Evaluation, readState: () => Promise<State>): Promise<void> {
    const { monitor } = this.#loop.validation;
    const value = monitor === 'loss' ? loss : metrics[monitor];
    if (value === null || value === undefined) return;
    const before = this.#rules.best;
    const rules = validated(this.#loop, this.#rules, step, this.#stepsPerEpoch, value);
    this.#history = [...this.#history, rules].slice(-REMEMBERED);
    const { best } = rules;
    if (best && best !== before && keepsBest(this.#loop)) this.#best = { ...best, state: await readState() };
  }

  /** Training goes on from `step`: the rules know what they knew then, or what a checkpoint from before says. */
  goBack(step: number, saved: LoopState | null): void {
    const known = this.#history.filter(({ at }) => at <= step);
    this.#history = known.length > 0 ? known : [saved?.rules ?? beginRules(this.#loop)];
    if (this.#best && this.#best.step > step) this.#best = saved?.best ?? null;
  }

  ending(step: number): Ending | null {
    return endingOf(this.#loop, this.#rules, step);
  }

  get best(): LoopState['best'] {
    return this.#best;
  }

  /** Whether the best is to be restored when training ends by itself. */
  get restores(): boolean {
    return this.#loop.best === 'restore';
  }

  report(step: number): RulesReport {
    const { best, plateau, patience } = this.#rules;
    return {
      step,
      best,
      kept: this.#best?.step ?? null,
      ending: this.ending(step),
      falls: plateau.falls,
      patience: this.#loop.earlyStopping.rule === 'patience' ? patience.steps : null,
    };
  }

  /** For a checkpoint; null while there is nothing to tell. */
  get saved(): LoopState | null {
    return this.#rules.at === 0 ? null : { rules: this.#rules, best: this.#best };
  }
}
