import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand/react';
import { editor } from '../store/editor.ts';
import { course } from './course-store.ts';
import { CHAPTERS, type Lesson } from './lesson.ts';
import { lessons } from './lessons.ts';
import { openLesson } from './open-lesson.ts';
import { countDone } from './progress.ts';

interface LessonListProps {
  readonly close: ReactNode;
  readonly onOpen: () => void;
}

/** All lessons by chapter, with what is done of each. */
export function LessonList({ close, onOpen }: LessonListProps) {
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-10 shrink-0 items-center gap-2 border-b py-1 pr-1 pl-4 max-wide:hidden">
        <h2 className="min-w-0 flex-1 font-semibold">Course</h2>
        {close}
      </header>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <p className="text-muted">
          From one formula to a network that reads handwriting. Every lesson is a graph that lives: you draw, it
          computes, and the lesson sees when you are done. Your own drawings stay as they are.
        </p>
        {CHAPTERS.map((chapter) => (
          <section key={chapter} aria-label={chapter} className="mt-4">
            <h3 className="label-caps mb-1">{chapter}</h3>
            <ol className="-mx-2 flex flex-col">
              {lessons
                .filter((lesson) => lesson.chapter === chapter)
                .map((lesson) => (
                  <li key={lesson.id}>
                    <Entry lesson={lesson} onOpen={onOpen} />
                  </li>
                ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
}

function Entry({ lesson, onOpen }: { readonly lesson: Lesson; readonly onOpen: () => void }) {
  const done = useStore(course, (state) => countDone(lesson, state.done));
  const total = lesson.checkpoints.length;
  const current = useStore(course, (state) => state.lesson === lesson.id);
  return (
    <button
      type="button"
      data-lesson={lesson.id}
      aria-current={current || undefined}
      className="flex w-full gap-2.5 rounded-md px-2 py-1.5 text-left transition-colors hover:bg-panel-2 aria-[current]:bg-panel-2"
      onClick={() => {
        onOpen();
        if (!current) void openLesson(editor, lesson.id);
      }}
    >
      <span className="w-5 shrink-0 text-right text-faint">{lessons.indexOf(lesson) + 1}</span>
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{lesson.title}</span>
        <span className="block text-muted">{lesson.summary}</span>
      </span>
      <span className="w-8 shrink-0 text-right text-faint">
        {done === total ? (
          <>
            <Check size={16} aria-hidden="true" className="ml-auto text-update" />
            <span className="sr-only">done</span>
          </>
        ) : (
          <>
            <span className="sr-only">checkpoints done: </span>
            {done}/{total}
          </>
        )}
      </span>
    </button>
  );
}
