/** Options of the training loop that need what the drawing or its data do not have. */
import { type Diagnostic, diagnostic, type Fix } from '../diagnostics.ts';
import type { GraphDocument, TrainingOptions } from '../document.ts';
import type { Program } from '../phases/2-infer.ts';
import { didYouMean, nearest } from '../spelling.ts';
import { type LoopOptions, loopOptions } from '../training-options.ts';

function set(label: string, options: Partial<TrainingOptions>): Fix {
  return { label, safety: 'maybe', edits: [{ kind: 'set-training', options }] };
}

/** What follows the validation split, with what would end that. */
function followers({ earlyStopping, best, schedule }: LoopOptions, training: TrainingOptions) {
  return [
    ...(earlyStopping.rule === 'off'
      ? []
      : [
          {
            what: 'early stopping',
            fix: set('Switch early stopping off', { earlyStopping: { ...training.earlyStopping, rule: 'off' } }),
          },
        ]),
    ...(best === 'off'
      ? []
      : [{ what: 'the choice of the best parameters', fix: set('Keep no best parameters', { best: 'off' }) }]),
    ...(schedule.kind === 'plateau'
      ? [
          {
            what: 'the learning rate',
            fix: set('Keep the learning rate constant', { schedule: { ...training.schedule, kind: 'constant' } }),
          },
        ]
      : []),
  ];
}

function checkValidation(program: Program, training: TrainingOptions): Diagnostic[] {
  const loop = loopOptions(training);
  const [data] = program.datasets;
  const uses = followers(loop, training);
  if (!data || uses.length === 0) return [];
  const [from, to] = data.info.splits.validation;
  if (to > from) return [];
  return [
    diagnostic(
      'training/no-validation',
      { node: data.node.id },
      {
        title: `${data.info.name} has no validation split, which ${uses.map(({ what }) => what).join(' and ')} would follow`,
        cause:
          'Rows that the model does not learn from tell when to stop. Set some aside in the Data panel; the test split is not for this.',
        fixes: uses.map(({ fix }) => fix),
      },
    ),
  ];
}

function checkMonitored(program: Program, training: TrainingOptions): Diagnostic[] {
  const loop = loopOptions(training);
  const { monitor } = loop.validation;
  const uses = followers(loop, training);
  const known = ['loss', ...program.metrics.map(({ node }) => node.name)];
  if (uses.length === 0 || known.includes(monitor)) return [];
  const meant = nearest(monitor, known);
  return [
    diagnostic(
      'training/monitor',
      {},
      {
        title:
          `${uses.map(({ what }) => what).join(' and ')} would follow “${monitor}”, which is no metric${didYouMean(meant)}`.replace(
            /^./,
            (first) => first.toUpperCase(),
          ),
        cause: `What can be followed: ${known.join(', ')}.`,
        fixes: [...new Set([meant ?? 'loss', 'loss'])].map((name) =>
          set(`Follow ${name}`, { validation: { ...training.validation, monitor: name } }),
        ),
      },
    ),
  ];
}

function checkSchedule(program: Program, training: TrainingOptions): Diagnostic[] {
  const { kind, warmup } = loopOptions(training).schedule;
  const wired = program.optimizers.filter(({ lr }) => lr !== null);
  const [first] = wired;
  if (!first || (kind === 'constant' && warmup === 0)) return [];
  return [
    diagnostic(
      'training/schedule',
      { node: first.node.id, port: 'lr' },
      {
        severity: 'warning',
        title: `The schedule does not change the learning rate of ${first.node.name}, which is computed in the graph`,
        cause: 'What is wired into lr is used as it is. Draw the schedule there, or remove the wire.',
        fixes: [
          set('Keep the learning rate constant', { schedule: { ...training.schedule, kind: 'constant', warmup: 0 } }),
        ],
      },
    ),
  ];
}

function checkBatchSize(program: Program, training: TrainingOptions): Diagnostic[] {
  const [data] = program.datasets;
  if (!data || program.optimizers.length === 0) return [];
  const [from, to] = data.info.splits.train;
  const rows = to - from;
  if (training.batchSize <= rows || rows === 0 || loopOptions(training).lastBatch === 'keep') return [];
  return [
    diagnostic(
      'training/batch',
      { node: data.node.id },
      {
        severity: 'warning',
        title: `A batch has ${training.batchSize} rows, but ${data.info.name} has ${rows} to train on`,
        cause: 'Rows are repeated to fill the batch, so some count twice.',
        fixes: [set(`Set the batch size to ${rows}`, { batchSize: rows })],
      },
    ),
  ];
}

export function checkTraining(program: Program, { graph: { training } }: GraphDocument): Diagnostic[] {
  return [
    ...checkValidation(program, training),
    ...checkMonitored(program, training),
    ...checkSchedule(program, training),
    ...checkBatchSize(program, training),
  ];
}
