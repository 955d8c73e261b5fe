import type { BackendGraphs, GraphPlan, RowRange, TrainingPlan } from '../../compiler/plan.ts';
import type { Evaluation, Split } from '../protocol.ts';
import type { Runner, TrainingSession } from './session.ts';

export type Score = Pick<Evaluation, 'loss' | 'metrics' | 'rows'>;

interface Part {
  readonly graph: GraphPlan;
  readonly batches: readonly (Int32Array | null)[];
}

/** Means of loss and metrics over a split. Batches count by their rows, so the last may be smaller. */
export class Evaluator {
  readonly #plan: TrainingPlan;
  readonly #graphs: readonly GraphPlan[];
  readonly #session: TrainingSession;
  /** Opened when first used rather than when a plan is loaded, which should be quick. */
  readonly #runners = new Map<GraphPlan, Runner>();

  constructor(plan: TrainingPlan, graphs: BackendGraphs, session: TrainingSession) {
    this.#plan = plan;
    this.#graphs = graphs.evaluate;
    this.#session = session;
  }

  /** null where there is nothing to evaluate, or no rows to do it on. */
  async run(split: Split): Promise<Score | null> {
    const parts = this.#parts(split);
    const outputs = parts[0]?.graph.outputs;
    if (!outputs) return null;
    const sums = new Map<string, number>();
    let rows = 0;
    for (const { graph, batches } of parts) {
      const runner = this.#runners.get(graph) ?? (await this.#session.open(graph));
      this.#runners.set(graph, runner);
      for (const values of await runner.run(batches)) {
        rows += graph.batch;
        for (const [name, [value]] of Object.entries(values)) {
          sums.set(name, (sums.get(name) ?? 0) + (value ?? Number.NaN) * graph.batch);
        }
      }
    }
    const mean = (name: string) => (sums.get(name) ?? Number.NaN) / rows;
    const loss = outputs.find(({ binding }) => binding.kind === 'loss');
    const { metricSplits = {} } = this.#plan;
    const isOf = (metric: string) => (metricSplits[metric] ?? split) === split;
    return {
      loss: loss ? mean(loss.name) : null,
      metrics: Object.fromEntries(
        outputs.flatMap(({ name, binding }) =>
          binding.kind === 'metric' && isOf(binding.name) ? [[binding.name, mean(name)]] : [],
        ),
      ),
      rows,
    };
  }

  #parts(split: Split): Part[] {
    const { splits } = this.#plan;
    if (!splits) return this.#graphs.slice(0, 1).map((graph) => ({ graph, batches: [null] }));
    const range = splits[split];
    return range ? splitRows(this.#graphs, range) : [];
  }

  async close(): Promise<void> {
    for (const runner of this.#runners.values()) await runner.close();
    this.#runners.clear();
  }
}

/** Full batches to the first graph, what is left to the one that fits it exactly, or else to the largest that fit. */
export function splitRows(graphs: readonly GraphPlan[], [from, to]: RowRange): Part[] {
  const [full] = graphs;
  if (!full) return [];
  const rest = (to - from) % full.batch;
  const others = graphs.slice(1).toSorted((a, b) => b.batch - a.batch);
  const exact = others.find((graph) => graph.batch === rest);
  let next = from;
  return [full, ...(exact ? [exact] : others)].flatMap((graph) => {
    const batches: Int32Array[] = [];
    for (; next + graph.batch <= to; next += graph.batch) {
      batches.push(Int32Array.from({ length: graph.batch }, (_, i) => next + i));
    }
    return batches.length > 0 ? [{ graph, batches }] : [];
  });
}
