import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from '../compiler/compile.ts';
import type { GraphDocument } from '../compiler/document.ts';
import type { TrainingPlan } from '../compiler/plan.ts';
import { registry } from '../nodes/registry.ts';
import { type Checkpoint, type Evaluation, type Losses, type RunResult, RuntimeError } from '../runtime/protocol.ts';
import { Trainer } from '../runtime/worker/trainer.ts';
import { type CommandBackend, sessionOn } from './backends.ts';
import { CommandError, openGraph, writeOutput } from './files.ts';
import { Progress } from './progress.ts';
import { hasErrors, json, message, output, tellDiagnostics } from './report.ts';
import { loadWeights, weightBytes } from './weights.ts';

export interface TrainOptions {
  readonly steps?: number;
  readonly epochs?: number;
  readonly seed?: number;
  readonly backend: CommandBackend;
  /** Steps between reports. */
  readonly every: number;
  readonly save?: string;
  readonly resume?: string;
  readonly json?: boolean;
}

/** Files of the app, such as data sets, lie beside the sources. */
const PUBLIC = new URL('../../public/', import.meta.url);
export const readPublic = async (path: string) => new Uint8Array(await readFile(fileURLToPath(new URL(path, PUBLIC))));

/** Steps where neither the call nor the drawing says how many. */
const DEFAULT_STEPS = 1000;

function withChoices(document: GraphDocument, { seed, epochs }: TrainOptions): GraphDocument {
  const { training } = document.graph;
  return {
    ...document,
    graph: {
      ...document.graph,
      training: { ...training, ...(seed !== undefined && { seed }), ...(epochs !== undefined && { epochs }) },
    },
  };
}

const round = (value: number): number => Number(value.toPrecision(7));

/** Trains as the app does and tells of it; resolves with why it ended. */
class Run {
  readonly #plan: TrainingPlan;
  readonly #options: TrainOptions;
  readonly #progress = new Progress();
  readonly #trainer: Trainer;
  #metrics: Readonly<Record<string, number>> = {};
  #step = 0;
  #until = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(plan: TrainingPlan, options: TrainOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#trainer = new Trainer({
      emit: (event, data) => {
        if (event === 'losses') this.#losses(data as Losses);
        else if (event === 'evaluation') this.#evaluated(data as Evaluation);
        else if (event === 'checkpoint') this.#keep(data as Checkpoint);
        else if (event === 'problem') {
          this.#progress.clear();
          const { message: text, detail } = data as { message: string; detail?: string };
          message(`wiregrad: ${text}${detail ? ` (${detail})` : ''}`);
        }
      },
      readFile: readPublic,
      open: sessionOn(options.backend),
    });
  }

  #losses({ from, losses, stepsPerSecond }: Losses): void {
    const { every, json: asJson } = this.#options;
    losses.forEach((loss, at) => {
      const step = from + at + 1;
      if (step % every !== 0) return;
      this.#progress.clear();
      const shown = Number.isFinite(loss) ? round(loss) : null;
      if (asJson) json({ step, loss: shown, metrics: this.#metrics });
      else output(`step ${step}  loss ${shown ?? loss}`);
    });
    this.#step = from + losses.length;
    const last = losses.at(-1);
    const rate = stepsPerSecond > 0 ? `, ${Math.round(stepsPerSecond)} steps a second` : '';
    if (last !== undefined)
      this.#progress.show(this.#step, this.#until, `step ${this.#step}, loss ${round(last)}${rate}`);
  }

  #evaluated({ split, metrics, loss }: Evaluation): void {
    if (split !== 'validation') return;
    const named = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, round(value)]));
    this.#metrics = loss === null ? named : { validation_loss: round(loss), ...named };
  }

  #keep({ state, step }: Checkpoint): void {
    const { save } = this.#options;
    if (save !== undefined && state)
      writeOutput(save, weightBytes(save, this.#plan.name, this.#plan.state, state, step));
  }

  async #load(): Promise<void> {
    const { resume } = this.#options;
    const begin = { backend: 'wasm', keep: false } as const;
    if (resume === undefined) {
      await this.#trainer.load(this.#plan, begin);
      return;
    }
    const { state, step } = loadWeights(resume, this.#plan.state, true);
    if (step === null) throw new CommandError(`${resume} does not tell after how many steps it was saved.`);
    const hyperparameters = Object.fromEntries(this.#plan.hyperparameters.map(({ name, initial }) => [name, initial]));
    await this.#trainer.load(this.#plan, { ...begin, resume: { key: this.#plan.key, step, state, hyperparameters } });
    this.#step = step;
  }

  async #train(): Promise<RunResult> {
    const { steps, epochs } = this.#options;
    await this.#load();
    const perEpoch = this.#trainer.status.stepsPerEpoch;
    const planned = this.#plan.epochs > 0 ? this.#plan.epochs * perEpoch : DEFAULT_STEPS;
    this.#until = epochs !== undefined ? epochs * perEpoch : steps !== undefined ? this.#step + steps : planned;
    if (this.#stopped) return { steps: 0, step: this.#step, loss: null, milliseconds: 0, why: 'paused' };
    return this.#trainer.run(this.#until);
  }

  readonly #stop = (): void => {
    this.#stopped = true;
    void this.#trainer.pause();
  };

  async run(): Promise<void> {
    process.once('SIGINT', this.#stop);
    try {
      const result = await this.#train();
      const evaluation = await this.#trainer.evaluate('validation');
      if (evaluation) this.#evaluated(evaluation);
      const { save, json: asJson } = this.#options;
      if (save !== undefined) {
        this.#keep({
          key: this.#plan.key,
          step: result.step,
          state: await this.#trainer.readState(),
          hyperparameters: {},
        });
      }
      this.#progress.clear();
      const loss = result.loss === null || !Number.isFinite(result.loss) ? null : round(result.loss);
      if (asJson) json({ step: result.step, loss, metrics: this.#metrics, ended: result.why });
      else {
        const metrics = Object.entries(this.#metrics).map(([name, value]) => `  ${name} ${value}`);
        output(
          `step ${result.step}  loss ${loss ?? result.loss}${metrics.join('')}${save === undefined ? '' : `  -> ${save}`}`,
        );
      }
      if (result.why === 'paused') {
        message(`Stopped after step ${result.step}.`);
        process.exitCode = 130;
      } else if (result.why === 'diverged') {
        message(`The loss is no longer a number after step ${result.step}.`);
        process.exitCode = 1;
      }
    } catch (error) {
      this.#progress.clear();
      if (error instanceof RuntimeError) throw new CommandError(error.message);
      throw error;
    } finally {
      process.off('SIGINT', this.#stop);
      await this.#trainer.close();
    }
  }
}

export async function trainCommand(file: string, options: TrainOptions): Promise<void> {
  const { document, diagnostics } = openGraph(file);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!document || hasErrors(diagnostics)) {
    tellDiagnostics(errors);
    process.exitCode = 1;
    return;
  }
  const { plan } = compile(withChoices(document, options), registry);
  if (!plan?.graphs.wasm.train)
    throw new CommandError(`${file} has nothing to train: it needs a loss and an optimizer.`);
  await new Run(plan, options).run();
}
