/**
 * The learning rate of every step, as a factor of the one that is set. A function of the step, so that training goes on
 * elsewhere as if never interrupted; only falls on a plateau depend on what happened.
 */
import type { TrainingPlan } from '../../compiler/plan.ts';

type Schedule = TrainingPlan['loop']['schedule'];

/** `step` counts from 0. */
export interface Moment {
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Falls on a plateau so far. */
  readonly falls: number;
}

/**
 * The formulas are those of PyTorch's torch.optim.lr_scheduler: StepLR; CosineAnnealingLR step by step, which here stays at
 * its floor; ReduceLROnPlateau with `min_lr`; LambdaLR with 1/(1+d·epoch); LinearLR for the warm-up, times any of these.
 */
export function rateFactor(schedule: Schedule, { step, stepsPerEpoch, falls }: Moment): number {
  const epoch = Math.floor(step / stepsPerEpoch);
  return warmUp(schedule, step) * course(schedule, step / stepsPerEpoch, epoch, falls);
}

function course(schedule: Schedule, epochs: number, epoch: number, falls: number): number {
  const { decay, factor, floor, every, period } = schedule;
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'inverse':
      return 1 / (1 + decay * epoch);
    case 'plateau':
      return plateauFactor(schedule, falls);
    case 'step':
      return factor ** Math.floor(epoch / every);
    case 'cosine':
      return floor + ((1 - floor) * (1 + Math.cos((Math.PI * Math.min(epochs, period)) / period))) / 2;
  }
}

export function plateauFactor({ factor, floor }: Schedule, falls: number): number {
  return Math.max(floor, factor ** falls);
}

function warmUp({ warmup, warmupStart }: Schedule, step: number): number {
  return step < warmup ? warmupStart + ((1 - warmupStart) * step) / warmup : 1;
}

/** Whether every step has the rate that is set. */
export function isConstant({ kind, warmup }: Schedule): boolean {
  return kind === 'constant' && warmup === 0;
}
