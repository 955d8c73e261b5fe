/**
 * What follows from the values that a validation split gives: when training stops, when the learning rate falls, and which
 * parameters were best. Pure functions over plain state, which is part of checkpoints.
 */
import type { TrainingPlan } from '../../compiler/plan.ts';
import { plateauFactor } from './learning-rate.ts';

type Loop = TrainingPlan['loop'];
type Goal = Loop['validation']['goal'];

/** Epochs in a row without a new best. */
interface Wait {
  readonly best: number | null;
  readonly waited: number;
}

export interface RuleState {
  /** Steps made at the last validation. */
  readonly at: number;
  readonly best: { readonly step: number; readonly value: number } | null;
  readonly epochs: Wait;
  /** `falls`: the steps after which the learning rate fell. `exhausted`: it would have fallen below its floor. */
  readonly plateau: Wait & { readonly falls: readonly number[]; readonly exhausted: boolean };
  readonly patience: { readonly best: number | null; readonly steps: number };
}

/** Why training stopped early: epochs without a new best, patience at its end, or a learning rate at its floor. */
export type Ending = 'epochs' | 'patience' | 'floor';

export function beginRules({ earlyStopping }: Loop): RuleState {
  return {
    at: 0,
    best: null,
    epochs: { best: null, waited: 0 },
    plateau: { best: null, waited: 0, falls: [], exhausted: false },
    patience: { best: null, steps: earlyStopping.patience },
  };
}

/** In steps: `min(n_train_batches, patience/2)`. */
export function validationFrequency(stepsPerEpoch: number, patience: number): number {
  return Math.max(1, Math.min(stepsPerEpoch, Math.floor(patience / 2)));
}

/** Whether anything keeps the best parameters. */
export function keepsBest({ best, earlyStopping }: Loop): boolean {
  return best !== 'off' || earlyStopping.rule !== 'off';
}

/** Steps at whose multiples the validation split has to be evaluated; empty where the time decides. */
export function validationSteps({ validation, earlyStopping, schedule }: Loop, stepsPerEpoch: number): number[] {
  const byRule = earlyStopping.rule === 'patience' ? [validationFrequency(stepsPerEpoch, earlyStopping.patience)] : [];
  const byEpoch = validation.every === 'epoch' || earlyStopping.rule === 'epochs' || schedule.kind === 'plateau';
  return [
    ...new Set([
      ...byRule,
      ...(byEpoch ? [stepsPerEpoch] : []),
      ...(validation.every === 'steps' ? [validation.steps] : []),
    ]),
  ];
}

/** Worse than any value; as in the tutorials nothing is better than it that is not finite. */
function worst(goal: Goal): number {
  return goal === 'smaller' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function isBetter(value: number, known: number | null, goal: Goal): boolean {
  const best = known ?? worst(goal);
  return goal === 'smaller' ? value < best : value > best;
}

function isMuchBetter(value: number, known: number | null, threshold: number, goal: Goal): boolean {
  const best = known ?? worst(goal);
  return goal === 'smaller' ? value < best * threshold : value * threshold > best;
}

function waitOn(wait: Wait, value: number, goal: Goal): Wait {
  return isBetter(value, wait.best, goal) ? { best: value, waited: 0 } : { ...wait, waited: wait.waited + 1 };
}

/** After the validation at `step`, steps made so far. */
export function validated(loop: Loop, state: RuleState, step: number, stepsPerEpoch: number, value: number): RuleState {
  const { goal } = loop.validation;
  const atEpoch = step % stepsPerEpoch === 0;
  const atFrequency = step % validationFrequency(stepsPerEpoch, loop.earlyStopping.patience) === 0;
  return {
    at: step,
    best: isBetter(value, state.best?.value ?? null, goal) ? { step, value } : state.best,
    epochs: atEpoch ? waitOn(state.epochs, value, goal) : state.epochs,
    plateau: atEpoch ? nextPlateau(loop, state.plateau, step, value) : state.plateau,
    patience: atFrequency ? nextPatience(loop, state.patience, step, value) : state.patience,
  };
}

/**
 * The rule of the Theano tutorials, in their order: patience grows by a good enough improvement upon the best so far, and
 * then any improvement is the new best. Their `iter` counts from 0, so after `step` steps it is one less.
 */
function nextPatience(loop: Loop, { best, steps }: RuleState['patience'], step: number, value: number) {
  const { patienceIncrease, improvementThreshold } = loop.earlyStopping;
  const { goal } = loop.validation;
  if (!isBetter(value, best, goal)) return { best, steps };
  const longer = isMuchBetter(value, best, improvementThreshold, goal);
  return { best: value, steps: longer ? Math.max(steps, (step - 1) * patienceIncrease) : steps };
}

/** The rate falls in place of an end; at its floor there is nothing left to wait for. */
function nextPlateau(
  { schedule, validation }: Loop,
  state: RuleState['plateau'],
  step: number,
  value: number,
): RuleState['plateau'] {
  const { falls } = state;
  const wait = waitOn(state, value, validation.goal);
  if (wait.waited < schedule.wait) return { ...state, ...wait };
  const atFloor = plateauFactor(schedule, falls.length) <= schedule.floor;
  return {
    best: wait.best,
    waited: 0,
    falls: atFloor ? falls : [...falls, step],
    exhausted: state.exhausted || atFloor,
  };
}

/** Why training is over after `step` steps; null while it goes on. */
export function endingOf({ earlyStopping, schedule }: Loop, state: RuleState, step: number): Ending | null {
  if (earlyStopping.rule === 'epochs' && state.epochs.waited >= earlyStopping.epochs) return 'epochs';
  if (earlyStopping.rule === 'patience' && state.patience.steps <= step - 1) return 'patience';
  return schedule.kind === 'plateau' && schedule.stopAtFloor && state.plateau.exhausted ? 'floor' : null;
}
