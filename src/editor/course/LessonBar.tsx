import { GraduationCap } from 'lucide-react';
import { useStore } from 'zustand/react';
import { course } from './course-store.ts';
import { nextCheckpoint } from './progress.ts';
import { useOpenLesson } from './use-lesson.ts';

/** What is to be done next, while the text of the lesson is away; opens it. */
export function LessonBar() {
  const lesson = useOpenLesson();
  const done = useStore(course, (state) => state.done);
  if (!lesson) return null;
  const next = nextCheckpoint(lesson, done);
  return (
    <button
      type="button"
      className="pointer-events-auto flex min-h-9 w-full max-w-md items-center gap-2 rounded-lg border border-line-strong bg-panel px-3 py-1 text-left shadow-float"
      onClick={course.show}
    >
      <GraduationCap size={16} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 truncate">{next ? next.title : `“${lesson.title}” is finished`}</span>
      <span className="shrink-0 text-muted underline">Lesson</span>
    </button>
  );
}
