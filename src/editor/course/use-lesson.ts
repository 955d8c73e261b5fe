import { useStore } from 'zustand/react';
import { course } from './course-store.ts';
import type { Lesson } from './lesson.ts';
import { findLesson } from './lessons.ts';

export function useOpenLesson(): Lesson | undefined {
  return useStore(course, ({ lesson }) => (lesson === null ? undefined : findLesson(lesson)));
}
