/** Questions about the graph as it is, answered beside training. */
import { compileGradientCheck } from '../../compiler/questions/check-gradients.ts';
import { compileExplanation, type ExplainRequest, type Explanation } from '../../compiler/questions/explain.ts';
import { compileTrace, type Trace } from '../../compiler/questions/trace.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { Counts, GradientCheck, Inquiry, InquiryReply, State, TraceFrame } from '../../runtime/protocol.ts';
import type { Editor } from '../store/create-editor.ts';

export interface Explained extends Explanation {
  readonly numbers: Float32Array;
  /** Steps made when the numbers were read. */
  readonly madeSteps: number;
}

export interface Traced {
  readonly trace: Trace;
  readonly frames: readonly TraceFrame[];
}

export interface QuestionsOptions {
  readonly editor: Editor;
  readonly client: Pick<
    TrainingClient,
    | 'probe'
    | 'checkGradients'
    | 'trace'
    | 'rewind'
    | 'rewindStep'
    | 'resumeAt'
    | 'canResumeAt'
    | 'inquire'
    | 'readState'
    | 'loadState'
    | 'counts'
  >;
  /** Gives the worker the graph as it is. */
  readonly ready: () => Promise<void>;
}

export class Questions {
  readonly #editor: Editor;
  readonly #client: QuestionsOptions['client'];
  readonly #ready: () => Promise<void>;

  constructor({ editor, client, ready }: QuestionsOptions) {
    this.#editor = editor;
    this.#client = client;
    this.#ready = ready;
  }

  #document() {
    return this.#editor.whole.getState().document;
  }

  /** Ids are those of the flat drawing. Null where the cost does not depend on the value. */
  async explain(request: ExplainRequest): Promise<Explained | null> {
    const explanation = compileExplanation(this.#document(), this.#editor.registry, request);
    if (!explanation) return null;
    await this.#ready();
    const { outputs, step } = await this.#client.probe(explanation.probe);
    return outputs.numbers ? { ...explanation, numbers: outputs.numbers, madeSteps: step } : null;
  }

  /** Null where there is no cost, or nothing that it depends on. */
  async checkGradients(): Promise<GradientCheck | null> {
    const plan = compileGradientCheck(this.#document(), this.#editor.registry);
    if (!plan) return null;
    await this.#ready();
    return this.#client.checkGradients(plan);
  }

  /** The step whose loss was no number, and the one before it; `asked` is a value of the trace to be read in full. */
  async trace(bad: number, asked: number | null = null): Promise<Traced | null> {
    const trace = compileTrace(this.#document(), this.#editor.registry, asked);
    const frames = trace ? await this.#client.trace(trace.graph, bad) : [];
    return trace && frames.length > 0 ? { trace, frames } : null;
  }

  /** The step that training can go back to; null where there is none. */
  rewindStep(bad: number): number | null {
    return this.#client.rewindStep(bad - 1);
  }

  async rewind(bad: number): Promise<number | null> {
    return this.#client.rewind(bad - 1);
  }

  /** Resolves with the step that training came back to; null where nothing leads there. */
  resumeAt(step: number): Promise<number | null> {
    return this.#client.resumeAt(step);
  }

  canResumeAt(step: number): boolean {
    return this.#client.canResumeAt(step);
  }

  /** Runs a graph beside training, of the drawing as it is. */
  async inquire(inquiry: Inquiry): Promise<InquiryReply> {
    await this.#ready();
    return this.#client.inquire(inquiry);
  }

  async readState(): Promise<State> {
    await this.#ready();
    return this.#client.readState();
  }

  /** What went through WebGPU so far. */
  counts(): Promise<Counts> {
    return this.#client.counts();
  }

  loadState(state: State): Promise<void> {
    return this.#client.loadState(state);
  }
}

let provided: Questions | null = null;

export function provideQuestions(questions: Questions): void {
  provided = questions;
}

export function questions(): Questions {
  if (!provided) throw new Error('provideQuestions was not called');
  return provided;
}
