/** When the loss is no number any more: says where that began, and can go back to before. */
import { createStore } from 'zustand/vanilla';
import { flatten } from '../../compiler/flatten.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { RuntimeProblem } from '../../runtime/protocol.ts';
import type { Questions } from '../session/questions.ts';
import type { Editor } from '../store/create-editor.ts';
import { explainDivergence, findCulprit, findElement } from './explain-divergence.ts';

const CODE = 'runtime/diverged';

export interface DivergedState {
  /** The step whose loss was no number. */
  readonly step: number | null;
  /** The step that training can go back to. */
  readonly rewindTo: number | null;
}

export const diverged = createStore<DivergedState>(() => ({ step: null, rewindTo: null }));

export function followDivergence(
  editor: Editor,
  client: Pick<TrainingClient, 'on'>,
  questions: Pick<Questions, 'trace' | 'rewindStep'>,
): void {
  const isReported = () => editor.session.getState().problems.some(({ code }) => code === CODE);

  async function explain({ message, step }: RuntimeProblem & { readonly step: number }) {
    const { revision, document } = editor.whole.getState();
    const { learningRate } = editor.session.getState();
    diverged.setState({ step, rewindTo: questions.rewindStep(step) });
    // Without a trace the problem still says what to try.
    const traced = await questions.trace(step).catch(() => null);
    // Meanwhile the user may have reset or edited.
    if (!isReported() || editor.whole.getState().revision !== revision) return;
    const first = traced && findCulprit(traced.trace, traced.frames);
    const asked = first ? (traced?.trace.values.indexOf(first.value) ?? -1) : -1;
    const full = asked < 0 ? null : await questions.trace(step, asked).catch(() => null);
    if (!isReported() || editor.whole.getState().revision !== revision) return;
    const element = first && full ? findElement(full.trace, full.frames, first.step) : undefined;
    const culprit = first && { ...first, ...(element && { element }) };
    const flat = flatten(document, editor.registry).document;
    const found = explainDivergence(flat, editor.registry, culprit, { title: message, rate: learningRate });
    const others = editor.session.getState().problems.filter(({ code }) => code !== CODE);
    editor.session.set({ problems: [...others, found] });
  }

  client.on('problem', (problem) => {
    if (problem.code === CODE && problem.step !== undefined) void explain({ ...problem, step: problem.step });
  });
  // Training that goes on, from the start or from a checkpoint, has left the problem behind.
  editor.session.subscribe((state, previous) => {
    if (state.phase === 'running' && previous.phase !== 'running' && isReported()) forget(editor);
    if (state.problems !== previous.problems && !isReported()) diverged.setState({ step: null, rewindTo: null });
  });
}

export function forget(editor: Editor): void {
  const { problems } = editor.session.getState();
  editor.session.set({ problems: problems.filter(({ code }) => code !== CODE) });
  diverged.setState({ step: null, rewindTo: null });
}
