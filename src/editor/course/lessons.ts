/** All lessons, in the order of the course. */
import type { Lesson } from './lesson.ts';
import { hello } from './lessons/hello.ts';

export const lessons: readonly Lesson[] = [hello];

export function findLesson(id: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.id === id);
}
