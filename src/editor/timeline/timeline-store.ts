/** Looking back over a run: which moment is shown, and going on from there. */
import { createStore } from 'zustand/vanilla';
import type { TrainingClient } from '../../runtime/client.ts';
import type { FrameKey } from '../../runtime/telemetry-hub.ts';
import { announce } from '../announce/announcer.ts';
import { paused } from '../breakpoints/breakpoint-store.ts';
import { forget } from '../diverged/follow.ts';
import { questions } from '../session/questions.ts';
import { hub } from '../session/telemetry.ts';
import type { Editor } from '../store/create-editor.ts';
import { formatCount } from '../widgets/format.ts';
import { FrameHistory } from './frame-history.ts';

export interface TimelineState {
  /** The slider is shown. */
  readonly open: boolean;
  /** The step that is looked back on; null for the present. */
  readonly step: number | null;
  /** Training is on its way back to a step. */
  readonly resuming: boolean;
}

export const timeline = createStore<TimelineState>(() => ({ open: false, step: null, resuming: false }));
export const frames = new FrameHistory();

const sheetOf = (editor: Editor) => editor.document.getState().path.join('/');

/** The steps that can be looked back on, on the open sheet. */
export function stepsSeen(editor: Editor): readonly number[] {
  return frames.moments(sheetOf(editor)).map(({ frame }) => frame.step);
}

/** Shows the moment that is nearest to a step, at or before it where there is one. */
export function lookBackTo(editor: Editor, step: number): void {
  const moments = frames.moments(sheetOf(editor));
  const moment = moments.findLast(({ frame }) => frame.step <= step) ?? moments[0];
  if (!moment) return;
  timeline.setState({ open: true, step: moment.frame.step });
  hub.lookBack(moment.frame, moment.probe);
}

export function lookAtPresent(): void {
  if (timeline.getState().step === null) return;
  timeline.setState({ step: null });
  hub.lookAtLive();
}

/** One moment earlier or later; beyond the latest is the present. */
export function lookBy(editor: Editor, by: 1 | -1): void {
  const steps = stepsSeen(editor);
  const { step } = timeline.getState();
  const at = step === null ? steps.length - 1 : steps.indexOf(step);
  const next = steps[at + by];
  if (next !== undefined) lookBackTo(editor, next);
  else if (by > 0) lookAtPresent();
}

/** Brings training back to the step that is looked back on. */
export async function resumeFromHere(editor: Editor): Promise<void> {
  const { step, resuming } = timeline.getState();
  if (step === null || resuming) return;
  timeline.setState({ resuming: true });
  try {
    const to = await questions().resumeAt(step);
    if (to === null) {
      announce('timeline', 'No checkpoint leads there.');
      return;
    }
    forget(editor);
    paused.setState({ hit: null });
    lookAtPresent();
    announce('timeline', `Training is at step ${formatCount(to)}.`);
  } finally {
    timeline.setState({ resuming: false });
  }
}

export function followTimeline(editor: Editor, client: Pick<TrainingClient, 'on'>): void {
  let last = 0;
  /** Of the plan whose frames come now: its graphs are not kept with them. */
  let reading: FrameKey | null = null;
  client.on('frame', (frame) => {
    const { probe } = hub;
    if (!probe || probe.key !== frame.probe) return;
    if (reading?.entries !== probe.entries) reading = { key: probe.key, entries: probe.entries };
    frames.add({ frame, probe: reading, sheet: sheetOf(editor) });
  });
  client.on('status', ({ step }) => {
    if (step < last) {
      frames.truncate(step);
      if ((timeline.getState().step ?? 0) > step) lookAtPresent();
    }
    last = step;
  });
  // Who trains wants to see it.
  client.on('started', lookAtPresent);
  editor.whole.subscribe((state, previous) => {
    if (state.opened === previous.opened) return;
    lookAtPresent();
    frames.clear();
    timeline.setState({ open: false });
  });
  editor.document.subscribe((state, previous) => {
    if (state.path !== previous.path) lookAtPresent();
  });
}
