/** Trains a drawing again and again with other values of some of its numbers, in a worker of its own on wasm. */
import { compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { loopOptions } from '../../compiler/training-options.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { RulesReport, RunResult } from '../../runtime/protocol.ts';
import { TelemetryHub } from '../../runtime/telemetry-hub.ts';
import type { KeptRun, RunPoints } from '../runs/run.ts';
import { type Target, withTarget } from './targets.ts';

export interface SweepAxis {
  readonly target: Target;
  readonly label: string;
  readonly values: readonly number[];
}

export interface Sweep {
  readonly axes: readonly SweepAxis[];
  /** Epochs end earlier where training stops early; steps are always made. */
  readonly length: { readonly unit: 'epochs' | 'steps'; readonly count: number };
}

export interface SweepResult {
  /** Of each axis. */
  readonly values: readonly number[];
  readonly steps: number;
  readonly why: RunResult['why'];
  /** Of the loss on both splits, and of what is followed on the validation split, at the end. */
  readonly training: number | null;
  readonly validation: number | null;
  readonly followed: number | null;
  /** The best of what is followed. */
  readonly best: RulesReport['best'];
  readonly milliseconds: number;
  readonly curves: KeptRun['curves'];
}

export interface SweepFailure {
  readonly values: readonly number[];
  /** A sentence for the user. */
  readonly problem: string;
}

/** All combinations, the last axis fastest. */
export function gridOf(axes: readonly SweepAxis[]): number[][] {
  let grid: number[][] = [[]];
  for (const { values } of axes) grid = grid.flatMap((row) => values.map((value) => [...row, value]));
  return grid;
}

/** From one end to the other; logarithmic where both ends are above zero and it is asked for. Seven digits. */
export function spaced(from: number, to: number, count: number, logarithmic: boolean, whole: boolean): number[] {
  const at = (share: number) => (logarithmic ? from * (to / from) ** share : from + (to - from) * share);
  const values = Array.from({ length: count }, (_, i) => at(count === 1 ? 0 : i / (count - 1)));
  return [...new Set(values.map((value) => (whole ? Math.round(value) : Number(value.toPrecision(7)))))];
}

/** The document with the values of one run. */
export function withValues(document: GraphDocument, { axes }: Sweep, values: readonly number[]): GraphDocument {
  return axes.reduce((changed, { target }, at) => withTarget(changed, target, values[at] as number), document);
}

/** As it is trained in a sweep. Validation does not depend on time, so that the same sweep gives the same results. */
function variationOf(document: GraphDocument, sweep: Sweep, values: readonly number[]): GraphDocument {
  const { length } = sweep;
  const varied = withValues(document, sweep, values);
  const { training } = varied.graph;
  const { validation } = loopOptions(training);
  const every = validation.every === 'time' ? 'epoch' : validation.every;
  const changes = {
    validation: { ...training.validation, every },
    ...(length.unit === 'epochs' && { epochs: length.count }),
  } as const;
  return { ...varied, graph: { ...varied.graph, training: { ...training, ...changes } } };
}

/** Trains one variation from its initial values. Rejects as the client does where that is shut down. */
export async function runVariation(
  client: TrainingClient,
  registry: Registry,
  document: GraphDocument,
  sweep: Sweep,
  values: readonly number[],
): Promise<SweepResult | SweepFailure> {
  const { plan, diagnostics } = compile(variationOf(document, sweep, values), registry);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (!plan || error) return { values, problem: error?.title ?? 'The graph has errors.' };
  const hub = new TelemetryHub();
  let rules: RulesReport | null = null;
  const ends = [hub.connect(client), client.on('rules', (said) => (rules = said))];
  try {
    await client.load(plan, { backend: 'wasm', keep: false });
    // Variations with slots of the same shapes would go on from the one before.
    await client.reset();
    await client.setPace(null);
    const run = await (sweep.length.unit === 'steps' ? client.step(sweep.length.count) : client.train());
    const curves = { training: copyOf(hub.training.points()), validation: copyOf(hub.validation.points()) };
    const training = await client.evaluate('train');
    const validation = await client.evaluate('validation');
    const { monitor } = plan.loop.validation;
    return {
      values,
      steps: run.steps,
      why: run.why,
      training: training?.loss ?? run.loss,
      validation: validation?.loss ?? null,
      followed: (monitor === 'loss' ? validation?.loss : validation?.metrics[monitor]) ?? null,
      best: (rules as RulesReport | null)?.best ?? null,
      milliseconds: run.milliseconds,
      curves,
    };
  } finally {
    for (const end of ends) end();
  }
}

function copyOf({ x, y }: RunPoints): RunPoints {
  return { x: x.slice(), y: y.slice() };
}
