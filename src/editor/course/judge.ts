/** Watches what is done while a lesson is open, and ticks off its checkpoints one after the other. */
import { announce } from '../announce/announcer.ts';
import { sessionActions } from '../session/actions.ts';
import { hub } from '../session/telemetry.ts';
import type { Editor } from '../store/create-editor.ts';
import { course } from './course-store.ts';
import { Facts, type Training } from './facts.ts';
import type { Lesson } from './lesson.ts';
import { findLesson } from './lessons.ts';

/** After the last change: longer than the compiler waits for the end of a burst of edits. */
const PAUSE_MS = 300;
/** While training goes on. */
const INTERVAL_MS = 700;

export interface Verdict {
  /** Checkpoints that are done now and were not before, in order. */
  readonly done: readonly string[];
  /** Of the first that is not. */
  readonly hint: string | null;
}

/** Checkpoints follow one another: a later one counts when those before it are done. */
export function judge({ checkpoints }: Lesson, before: readonly string[], facts: Facts): Verdict {
  const done: string[] = [];
  for (const { id, check } of checkpoints) {
    if (before.includes(id)) continue;
    const result = check(facts);
    if (result !== true) return { done, hint: result };
    done.push(id);
  }
  return { done, hint: null };
}

let measured: { readonly graph: unknown; readonly step: number; readonly metrics: Training['metrics'] } | null = null;

/** Metrics of the parameters as they are. While training goes on, those that it measures itself are recent enough. */
async function metricsNow(editor: Editor): Promise<Training['metrics']> {
  const { step, phase, metrics } = editor.session.getState();
  const { graph } = editor.whole.getState().document;
  const isWanted = step > 0 && Object.values(graph.nodes).some(({ op }) => op === 'Metric');
  if (phase === 'running' || !isWanted) return metrics;
  if (measured?.graph !== graph || measured.step !== step) {
    const found = await sessionActions().evaluate('validation');
    measured = { graph, step, metrics: found?.metrics ?? {} };
  }
  return measured.metrics;
}

/** The facts of the drawing that is open. Values are left out while an error stands in the way of computing them. */
async function factsNow(editor: Editor): Promise<Facts> {
  const { document, check } = editor.whole.getState();
  const isSound = check.diagnostics.every(({ severity }) => severity !== 'error');
  const isComputed =
    isSound &&
    (await sessionActions()
      .ready()
      .then(() => editor.whole.getState().document.graph === document.graph)
      .catch(() => false));
  const metrics = isComputed ? await metricsNow(editor).catch(() => ({})) : {};
  const { step, epoch, phase, loss } = editor.session.getState();
  const training = {
    step,
    epoch,
    running: phase === 'running',
    finished: phase === 'finished',
    loss,
    learningRate: hub.learningRate.last?.y ?? null,
    metrics,
  };
  return new Facts({ document, check, registry: editor.registry, values: isComputed ? hub : null, training });
}

async function judgeNow(editor: Editor): Promise<void> {
  const { lesson: id, done } = course.getState();
  const lesson = id === null ? undefined : findLesson(id);
  if (!lesson) return;
  const { opened } = editor.whole.getState();
  const facts = await factsNow(editor);
  const isCurrent = course.getState().lesson === id && editor.whole.getState().opened === opened;
  if (!isCurrent) return;
  const verdict = judge(lesson, done[lesson.id] ?? [], facts);
  for (const checkpoint of verdict.done) course.finish(lesson.id, checkpoint);
  course.setHint(verdict.hint);
  const titles = lesson.checkpoints.filter((each) => verdict.done.includes(each.id)).map(({ title }) => title);
  if (titles.length > 0)
    announce('course', `Done: ${titles.join(', ')}. ${verdict.hint === null ? 'The lesson is finished.' : ''}`);
}

let isFollowed = false;

/** From the first lesson on. */
export function followLessons(editor: Editor): void {
  if (isFollowed) return;
  isFollowed = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let judging: Promise<void> = Promise.resolve();
  const soon = (pause: number) => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      judging = judging.then(() => judgeNow(editor)).catch(() => {});
    }, pause);
  };
  const again = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    soon(PAUSE_MS);
  };
  editor.whole.subscribe((state, previous) => {
    if (state.document !== previous.document) again();
  });
  course.subscribe((state, previous) => {
    if (state.lesson !== previous.lesson || state.done !== previous.done) again();
  });
  editor.session.subscribe((state, previous) => {
    if (state.phase !== previous.phase) again();
  });
  // Values, losses and metrics, those of weights that were loaded too.
  hub.subscribe(() => soon(INTERVAL_MS));
}
