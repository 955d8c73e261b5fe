import { expect, test } from 'vitest';
import { createCourse } from './course-store.ts';
import { partsOf } from './text.ts';

function memory(first?: string) {
  const kept = new Map<string, string>(first === undefined ? [] : [['wiregrad.course', first]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('what is done, and where a lesson goes on, is there on the next visit', () => {
  const storage = memory();
  const first = createCourse(storage);
  first.enter('hello');
  first.setDrawing('hello', 'drawing 1');
  first.finish('hello', 'five');
  first.finish('hello', 'name');
  first.finish('hello', 'five');

  const again = createCourse(storage).getState();
  expect(again).toMatchObject({ shown: false, lesson: null, done: { hello: ['five', 'name'] } });
  expect(again.drawings).toEqual({ hello: 'drawing 1' });
});

test('a lesson that begins again forgets its own', () => {
  const course = createCourse(memory('{"done":{"a":["x"],"b":["y"]},"drawings":{"a":"1","b":"2"}}'));
  course.forget('a');
  expect(course.getState()).toMatchObject({ done: { a: [], b: ['y'] }, drawings: { b: '2' } });
});

test('what another version kept does no harm', () => {
  for (const kept of ['', 'null', '[]', '{"done":7,"drawings":[3]}', '{"done":{"a":"x","b":[1]}}']) {
    expect(createCourse(memory(kept)).getState()).toMatchObject({ done: {}, drawings: {} });
  }
});

test('a text is cut at its checkpoints, and its lines joined into paragraphs', () => {
  const text = '# Title\n\nOne line\nand another.\n\n[[first]]\n\n- a\n- b\n\n```\nx = 1\ny = 2\n```\n';
  expect(partsOf(text)).toEqual([
    { text: 'One line and another.' },
    { checkpoint: 'first' },
    { text: '- a\n- b\n\n```\nx = 1\ny = 2\n```' },
  ]);
});
