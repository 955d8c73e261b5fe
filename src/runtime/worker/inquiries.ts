/** Graphs that are asked for again and again, run on wasm beside training over a copy of the state. */
import type { Inquiry, InquiryReply } from '../protocol.ts';
import { openAside } from './aside.ts';
import type { Column } from './datasets/load.ts';
import type { Loaded } from './loaded.ts';
import type { FedRunner, WasmSession } from './wasm-session.ts';

/** Graphs that stay open. */
const OPEN = 4;

export class Inquiries {
  #session: WasmSession | null = null;
  readonly #runners = new Map<string, FedRunner>();

  async answer(
    loaded: Loaded,
    columns: ReadonlyMap<string, Column>,
    { key, graph, runs }: Inquiry,
    step: number,
  ): Promise<InquiryReply> {
    this.#session ??= await openAside(loaded, columns);
    const session = this.#session;
    session.writeState(await loaded.session.readState());
    const factor = loaded.supervisor.factor(step);
    for (const [name, value] of Object.entries(loaded.hyperparameters)) session.setHyperparameter(name, value * factor);
    const runner = await this.#runner(session, key, graph);
    const outputs: Record<string, Float32Array>[] = [];
    const milliseconds: number[] = [];
    for (const { rows, feeds } of runs) {
      const index = rows === 'next' ? step : Math.max(0, step - 1);
      const given = typeof rows === 'string' ? (loaded.order?.rows(index, 1, graph.batch) ?? null) : rows;
      const started = performance.now();
      const [found = {}] = await runner.run([given], feeds);
      milliseconds.push(performance.now() - started);
      outputs.push(found);
    }
    return { step, outputs, milliseconds };
  }

  /** The one asked for last is the last to go. */
  async #runner(session: WasmSession, key: string, graph: Inquiry['graph']): Promise<FedRunner> {
    const runner = this.#runners.get(key) ?? (await session.open(graph));
    this.#runners.delete(key);
    this.#runners.set(key, runner);
    for (const [oldest, other] of this.#runners) {
      if (this.#runners.size <= OPEN) break;
      this.#runners.delete(oldest);
      await other.close();
    }
    return runner;
  }

  async close(): Promise<void> {
    for (const runner of this.#runners.values()) await runner.close();
    this.#runners.clear();
    await this.#session?.close();
    this.#session = null;
  }
}
