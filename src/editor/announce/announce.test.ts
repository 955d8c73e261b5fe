import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { createAnnouncer } from './announcer.ts';
import { followEditor, trainingSummary } from './follow.ts';

const model = drawing({ data: ['Data', {}, { dataset: 'line' }], tanh: ['Tanh', { x: 'data:x' }] });

function listen() {
  const editor = createEditor({ registry, check, document: model });
  const announcer = createAnnouncer();
  const said: string[] = [];
  announcer.subscribe((text) => said.push(text));
  followEditor(editor, announcer);
  return { editor, announcer, said };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the live region', () => {
  test('of one topic says the latest, and leaves time between sentences', () => {
    const { announcer, said } = listen();
    for (let step = 0; step < 100; step++) announcer.say('a', `a ${step}`);
    announcer.say('b', 'b');
    vi.advanceTimersByTime(500);
    expect(said).toEqual(['a 99']);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual(['a 99']);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual(['a 99', 'b']);
  });

  test('tells when training starts and pauses, and no step in between', () => {
    const { editor, said } = listen();
    editor.session.set({ phase: 'loading' });
    editor.session.set({ phase: 'running' });
    vi.advanceTimersByTime(3000);
    for (let step = 1; step <= 1000; step++) editor.session.set({ step, loss: 1 / step });
    vi.advanceTimersByTime(60_000);
    editor.session.set({ phase: 'paused' });
    vi.advanceTimersByTime(3000);
    expect(said).toEqual(['Training', 'Training paused at step 1,000, loss 0.00100']);
  });

  test('tells of a loss that is no number, once', () => {
    const { editor, said } = listen();
    editor.session.set({ step: 12, loss: Number.NaN });
    editor.session.set({ step: 13, loss: Number.NaN });
    vi.advanceTimersByTime(9000);
    expect(said).toEqual(['The loss is no number any more, at step 12']);
  });

  test('tells when errors come and go', () => {
    const { editor, said } = listen();
    editor.document.apply('Delete', (draft) => {
      for (const id of Object.keys(draft.graph.edges)) delete draft.graph.edges[id];
    });
    vi.advanceTimersByTime(3000);
    expect(said.at(-1)).toMatch(/^\d+ errors?\. .*tanh/);
    const [before] = said;
    editor.document.undo();
    vi.advanceTimersByTime(3000);
    expect(said).toHaveLength(2);
    expect(said.at(-1)).not.toBe(before);
  });

  test('sums training up on request', () => {
    const { editor } = listen();
    editor.session.set({
      phase: 'running',
      step: 1200,
      epoch: 40,
      loss: 0.081,
      metrics: { accuracy: 0.97, loss: 0.1 },
    });
    expect(trainingSummary(editor)).toMatch(/^Training\. Step 1,200, epoch 40\. Loss 0.0810\. accuracy 0.970\. /);
  });
});
