/** The values of parameters and of optimizers' state, apart from the drawing: taken out, kept, and put back. */
import { createStore } from 'zustand/vanilla';
import type { TrainingPlan } from '../../compiler/plan.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { State } from '../../runtime/protocol.ts';
import type { Slot } from '../../weights/match.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { library } from '../persistence/library.ts';
import { recallOpen } from '../persistence/restore.ts';
import type { Editor } from '../store/create-editor.ts';

interface WeightsState {
  /** A file that is to be looked at before anything of it is loaded. */
  readonly incoming: File | null;
  /** What there was before the last loading, of the graph with this key. */
  readonly before: { readonly key: string; readonly step: number; readonly state: State } | null;
}

export const weightsStore = createStore<WeightsState>(() => ({ incoming: null, before: null }));

export interface WeightsOptions {
  readonly editor: Editor;
  readonly client: Pick<TrainingClient, 'readState' | 'loadState' | 'restore' | 'pause' | 'status'>;
  /** Gives the worker the graph as it is; resolves with its plan. */
  readonly ready: () => Promise<TrainingPlan>;
  /** Of the last step; null where there was none. */
  readonly loss: () => number | null;
}

export class Weights {
  readonly #editor: Editor;
  readonly #client: WeightsOptions['client'];
  readonly #ready: WeightsOptions['ready'];
  readonly #loss: WeightsOptions['loss'];

  constructor({ editor, client, ready, loss }: WeightsOptions) {
    this.#editor = editor;
    this.#client = client;
    this.#ready = ready;
    this.#loss = loss;
    editor.whole.subscribe((state, previous) => {
      if (state.opened !== previous.opened) weightsStore.setState({ before: null });
    });
  }

  /** What the drawing needs values for. */
  async slots(): Promise<readonly Slot[]> {
    return (await this.#ready()).state;
  }

  /** All values as they are, with those of the optimizer or without; `step` and `loss` are those of the same moment. */
  async capture(optimizer: boolean): Promise<{ file: WeightFile; step: number; loss: number | null }> {
    const { state: slots } = await this.#ready();
    const values = await this.#client.readState();
    const { step } = this.#client.status;
    const loss = this.#loss();
    const tensors = new Map(
      slots
        .filter(({ kind }) => optimizer || kind === 'parameter')
        .map(({ id, shape }) => [id, { dtype: 'float32' as const, shape, data: values[id] ?? new Float32Array() }]),
    );
    const name = this.#editor.whole.getState().document.name;
    return { file: { tensors, metadata: { format: 'wiregrad', name, step: String(step) } }, step, loss };
  }

  /** Replaces the values of these slots; with a step, training goes on from there. Pauses training. */
  async load(state: State, step: number | null): Promise<void> {
    const plan = await this.#ready();
    await this.#client.pause();
    const before = { key: plan.key, step: this.#client.status.step, state: await this.#client.readState() };
    await this.#put(state, step ?? before.step, before.step);
    weightsStore.setState({ before });
  }

  /** Undoes the last loading; null where there is none, or where the graph has become another. */
  async takeBack(): Promise<number | null> {
    const { before } = weightsStore.getState();
    const plan = await this.#ready();
    weightsStore.setState({ before: null });
    if (before?.key !== plan.key) return null;
    await this.#client.pause();
    await this.#put(before.state, before.step, this.#client.status.step);
    return before.step;
  }

  async #put(state: State, step: number, now: number): Promise<void> {
    if (step === now) await this.#client.loadState(state);
    else await this.#client.restore(step, state);
    this.#editor.session.set({ step: this.#client.status.step, epoch: this.#client.status.epoch });
  }

  /** Where weights of the open drawing are kept, and where there may be more: an example is no drawing before it is edited. */
  places(): readonly [string, ...string[]] {
    const { name } = this.#editor.whole.getState().document;
    const example = `example:${name}`;
    const { open } = library.getState();
    return open === null || recallOpen()?.name === name ? [example] : [open, example];
  }
}

let provided: Weights | null = null;

export function provideWeights(weights: Weights): void {
  provided = weights;
}

export function weights(): Weights {
  if (!provided) throw new Error('provideWeights was not called');
  return provided;
}
