import type { BackendGraphs, GraphPlan, TrainingPlan } from '../../compiler/plan.ts';
import type { Evaluation } from '../protocol.ts';
import type { Runner, TrainingSession } from './session.ts';

export type Score = Pick<Evaluation, 'loss' | 'metrics' | 'rows'>;

interface Part {
  readonly graph: GraphPlan;
  readonly batches: readonly (Int32Array | null)[];
}

/** Means of loss and metrics over the validation split. Batches count by their rows, so the last may be smaller. */
export class Evaluator {
  readonly #session: TrainingSession;
  readonly #parts: readonly Part[];
  #runners: Runner[] | null = null;

  constructor(plan: TrainingPlan, graphs: BackendGraphs, session: TrainingSession) {
    this.#session = session;
    this.#parts = splitRows(graphs.evaluate, plan.splits?.validation ?? null);
  }

  /** null where there is nothing to evaluate, or no rows to do it on. */
  async run(): Promise<Score | null> {
    if (this.#parts.length === 0) return null;
    this.#runners ??= await this.#open();
    const sums = new Map<string, number>();
    let rows = 0;
    for (const [i, { graph, batches }] of this.#parts.entries()) {
      for (const values of await (this.#runners[i] as Runner).run(batches)) {
        rows += graph.batch;
        for (const [name, [value]] of Object.entries(values)) {
          sums.set(name, (sums.get(name) ?? 0) + (value ?? Number.NaN) * graph.batch);
        }
      }
    }
    const outputs = this.#parts.flatMap(({ graph }) => graph.outputs);
    const mean = (name: string) => (sums.get(name) ?? Number.NaN) / rows;
    const loss = outputs.find(({ binding }) => binding.kind === 'loss');
    return {
      loss: loss ? mean(loss.name) : null,
      metrics: Object.fromEntries(
        outputs.flatMap(({ name, binding }) => (binding.kind === 'metric' ? [[binding.name, mean(name)]] : [])),
      ),
      rows,
    };
  }

  /** Opened at the first evaluation rather than when a plan is loaded, which should be quick. */
  async #open(): Promise<Runner[]> {
    const runners: Runner[] = [];
    for (const { graph } of this.#parts) runners.push(await this.#session.open(graph));
    return runners;
  }

  async close(): Promise<void> {
    for (const runner of this.#runners ?? []) await runner.close();
    this.#runners = null;
  }
}

/** Full batches to the first graph, what is left to the one that fits it. */
function splitRows(graphs: readonly GraphPlan[], split: readonly [number, number] | null): Part[] {
  if (!split) return graphs.slice(0, 1).map((graph) => ({ graph, batches: [null] }));
  let [next, to] = split;
  const parts = graphs.map((graph) => {
    const batches: Int32Array[] = [];
    for (; next + graph.batch <= to; next += graph.batch) {
      batches.push(Int32Array.from({ length: graph.batch }, (_, i) => next + i));
    }
    return { graph, batches };
  });
  return parts.filter(({ batches }) => batches.length > 0);
}
