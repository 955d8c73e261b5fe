/** Every lesson begins unsolved, and every checkpoint is passed by its own answer and not before. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LessonRunner, lessonDrawing, lessonFiles, lessonText } from '../../../scripts/lesson-runner.ts';
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { judge } from './judge.ts';
import { CHAPTERS } from './lesson.ts';
import { lessons } from './lessons.ts';
import { partsOf } from './text.ts';

const errorsOf = (document: GraphDocument) =>
  check(document, registry).diagnostics.filter(({ severity }) => severity === 'error');

let runner: LessonRunner;
beforeEach(() => {
  runner = new LessonRunner();
});
afterEach(() => runner.close());

test('lessons have files of their own, in their order', () => {
  const named = (ending: string) => lessonFiles.filter((file) => file.endsWith(ending)).sort();
  const expected = (ending: string) => lessons.map(({ id }, at) => `${String(at + 1).padStart(2, '0')}-${id}${ending}`);
  expect(named('.json')).toEqual(expected('.json'));
  expect(named('.md')).toEqual(expected('.md'));
  const chapters = lessons.map(({ chapter }) => CHAPTERS.indexOf(chapter));
  expect(chapters).toEqual(chapters.toSorted((a, b) => a - b));
});

describe.each(lessons.map((lesson) => [lesson.id, lesson] as const))('%s', (id, lesson) => {
  test('its text has each checkpoint once, in order, and the title', () => {
    const text = lessonText(id);
    expect(text.startsWith(`# ${lesson.title}\n`)).toBe(true);
    const placed = partsOf(text).flatMap((part) => ('checkpoint' in part ? [part.checkpoint] : []));
    expect(placed).toEqual(lesson.checkpoints.map((checkpoint) => checkpoint.id));
  });

  test('its drawing is sound', () => {
    const start = lessonDrawing(id);
    expect(start.name).toBe(id);
    expect(errorsOf(start).map(({ code }) => code)).toEqual(lesson.errors ?? []);
    for (const node of Object.keys(start.graph.nodes)) expect(start.layout.nodes, node).toHaveProperty(node);
  });

  test('each answer passes its checkpoint and no other', async () => {
    const passed: string[] = [];
    let facts = await runner.facts(lessonDrawing(id));
    for (const [at, checkpoint] of lesson.checkpoints.entries()) {
      const before = judge(lesson, passed, facts);
      expect(before.done, `before the answer to ${checkpoint.id}`).toEqual([]);
      expect(before.hint).toMatch(/^[A-Za-z0-9“].{10,}[.!?]$/s);
      facts = await runner.answer(lesson, at);
      const after = judge(lesson, passed, facts);
      expect(after.done, `${checkpoint.id}: ${after.hint}`).toEqual([checkpoint.id]);
      passed.push(checkpoint.id);
    }
  });
});
