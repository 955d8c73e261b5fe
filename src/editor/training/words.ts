/** What options of the training loop are called in the panel. */

export const LABELS: Readonly<Record<string, string>> = {
  lastBatch: 'last batch',
  best: 'best weights',
  'validation.every': 'evaluate',
  'validation.steps': 'every … steps',
  'validation.monitor': 'follow',
  'validation.goal': 'better is',
  'earlyStopping.rule': 'stop early',
  'earlyStopping.epochs': 'epochs to wait',
  'earlyStopping.patience': 'patience',
  'earlyStopping.patienceIncrease': 'increase',
  'earlyStopping.improvementThreshold': 'threshold',
  'schedule.kind': 'schedule',
  'schedule.decay': 'decay d',
  'schedule.factor': 'factor',
  'schedule.wait': 'after epochs',
  'schedule.every': 'every … epochs',
  'schedule.period': 'epochs',
  'schedule.floor': 'floor, part',
  'schedule.stopAtFloor': 'stop at floor',
  'schedule.warmup': 'warm-up steps',
  'schedule.warmupStart': 'warm-up from',
};

export const CHOICES: Readonly<Record<string, string>> = {
  'lastBatch.drop': 'drop what is left over',
  'lastBatch.keep': 'keep a smaller batch',
  'lastBatch.fill': 'fill up from the beginning',
  'best.off': 'do not keep',
  'best.keep': 'keep',
  'best.restore': 'restore at the end',
  'validation.every.time': 'as time allows',
  'validation.every.epoch': 'every epoch',
  'validation.every.steps': 'every n steps',
  'earlyStopping.rule.off': 'never',
  'earlyStopping.rule.epochs': 'no new best',
  'earlyStopping.rule.patience': 'out of patience',
  'schedule.kind.constant': 'constant',
  'schedule.kind.inverse': 'η₀ / (1 + d · epoch)',
  'schedule.kind.plateau': 'fall on a plateau',
  'schedule.kind.step': 'fall every n epochs',
  'schedule.kind.cosine': 'cosine',
};

/** Why training ends by itself. */
export const ENDINGS = {
  epochs: 'Training ends: there was no new best for too long',
  patience: 'Training ends: patience is over',
  floor: 'Training ends: the learning rate is at its floor',
} as const;
