/**
 * How the training loop goes. Documents hold what differs from these defaults; the tables also say what is accepted and
 * are what the train panel is made from.
 */
import type { AttributeValue, TrainingOptions } from './document.ts';
import { type AttributeSpec, type AttributesOf, attr } from './op.ts';

const epochRule = { attribute: 'rule', is: ['epochs'] };
const patienceRule = { attribute: 'rule', is: ['patience'] };
const kind = (...is: string[]) => ({ attribute: 'kind', is });

export const LOOP_SPECS = {
  lastBatch: attr.choice(
    ['drop', 'keep', 'fill'],
    'drop',
    'Rows left over at the end of an epoch: drop them, keep them as a smaller batch, or fill the batch up from the beginning',
  ),
  best: attr.choice(
    ['off', 'keep', 'restore'],
    'off',
    'The parameters that were best on the validation split: keep them, and restore them when training ends by itself',
  ),
};

export const LOOP_GROUPS = {
  validation: {
    every: attr.choice(
      ['time', 'epoch', 'steps'],
      'time',
      'When the validation split is evaluated: at the ends of epochs that are a second or more apart, at the end of every epoch, or every so many steps',
    ),
    steps: attr.int(100, 'Steps from one evaluation to the next', {
      min: 1,
      when: { attribute: 'every', is: ['steps'] },
    }),
    monitor: attr.string(
      'loss',
      'What tells better from worse on the validation split: loss, or the name of a Metric node',
    ),
    goal: attr.choice(['smaller', 'larger'], 'smaller', 'Which values of it are better'),
  },
  earlyStopping: {
    rule: attr.choice(
      ['off', 'epochs', 'patience'],
      'off',
      'epochs: stop after some epochs without a new best. patience: stop after some steps, and wait longer with each new best',
    ),
    epochs: attr.int(10, 'Epochs without a new best after which training stops', { min: 1, when: epochRule }),
    patience: attr.int(5000, 'Steps that are made regardless', { min: 1, when: patienceRule }),
    patienceIncrease: attr.float(2, 'A new best waits until its step times this', { min: 1, when: patienceRule }),
    improvementThreshold: attr.float(0.995, 'A best counts as new below the old one times this', {
      min: 0,
      max: 1,
      when: patienceRule,
    }),
  },
  schedule: {
    kind: attr.choice(
      ['constant', 'inverse', 'plateau', 'step', 'cosine'],
      'constant',
      'How the learning rate falls: η/(1+d·epoch), by a factor when nothing improves, by a factor every so many epochs, or along a cosine',
    ),
    decay: attr.float(0.001, 'd in η/(1+d·epoch)', { min: 0, when: kind('inverse') }),
    factor: attr.float(0.5, 'The learning rate is multiplied by this', {
      min: 0.001,
      max: 1,
      when: kind('plateau', 'step'),
    }),
    wait: attr.int(10, 'Epochs without a new best after which the learning rate falls', {
      min: 1,
      when: kind('plateau'),
    }),
    every: attr.int(10, 'Epochs from one fall of the learning rate to the next', { min: 1, when: kind('step') }),
    period: attr.int(50, 'Epochs in which the learning rate falls to its floor', { min: 1, when: kind('cosine') }),
    floor: attr.float(1 / 1024, 'Smallest part of the learning rate: 1/1024 after ten halvings', {
      min: 0,
      max: 1,
      when: kind('plateau', 'cosine'),
    }),
    stopAtFloor: attr.flag(true, 'Training stops where the learning rate would fall below its floor', {
      when: kind('plateau'),
    }),
    warmup: attr.int(0, 'Steps in which the learning rate rises to where it begins; 0 is none', { min: 0 }),
    warmupStart: attr.float(0.1, 'Part of the learning rate that the first step has', { min: 0, max: 1 }),
  },
};

export type LoopGroup = keyof typeof LOOP_GROUPS;

/** Complete. */
export type LoopOptions = AttributesOf<typeof LOOP_SPECS> & {
  readonly [G in LoopGroup]: AttributesOf<(typeof LOOP_GROUPS)[G]>;
};

/** What a document says; the rest is as in the tables. */
export type LoopChoices = Partial<AttributesOf<typeof LOOP_SPECS>> & {
  readonly [G in LoopGroup]?: Partial<AttributesOf<(typeof LOOP_GROUPS)[G]>>;
};

type Specs = Readonly<Record<string, AttributeSpec>>;

function complete(specs: Specs, given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, given[name] ?? spec.default]));
}

export function loopOptions(training: Pick<TrainingOptions, keyof LoopChoices>): LoopOptions {
  const groups = Object.entries(LOOP_GROUPS).map(([group, specs]) => [
    group,
    complete(specs, training[group as LoopGroup]),
  ]);
  return { ...complete(LOOP_SPECS, { ...training }), ...Object.fromEntries(groups) } as LoopOptions;
}

export const DEFAULT_LOOP: LoopOptions = loopOptions({});

type Known = (value: unknown, spec: AttributeSpec, path: string) => AttributeValue;

/** What `given` says of the loop. `known` returns a value that the specification accepts, or throws. */
export function readLoop(
  given: Readonly<Record<string, unknown>>,
  path: string,
  object: (value: unknown, path: string) => Readonly<Record<string, unknown>>,
  known: Known,
): LoopChoices {
  const read = (specs: Specs, values: Readonly<Record<string, unknown>>, at: string) =>
    Object.entries(specs).flatMap(([name, spec]) =>
      values[name] === undefined ? [] : [[name, known(values[name], spec, `${at}.${name}`)] as const],
    );
  const groups = Object.entries(LOOP_GROUPS).flatMap(([group, specs]) => {
    const value = given[group];
    if (value === undefined) return [];
    const at = `${path}.${group}`;
    return [[group, Object.fromEntries(read(specs, object(value, at), at))] as const];
  });
  return Object.fromEntries([...read(LOOP_SPECS, given, path), ...groups]);
}
