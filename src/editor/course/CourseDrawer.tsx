import { lazy, Suspense } from 'react';
import { useStore } from 'zustand/react';
import { Sheet } from '../shell/Sheet.tsx';
import { course } from './course-store.ts';

/** Lessons come with the first look at them. */
const CoursePanel = lazy(async () => ({ default: (await import('./CoursePanel.tsx')).CoursePanel }));
const LessonBar = lazy(async () => ({ default: (await import('./LessonBar.tsx')).LessonBar }));

/** The course beside the canvas. */
export function CourseDrawer() {
  const shown = useStore(course, (state) => state.shown);
  if (!shown) return null;
  return (
    <aside aria-label="Course" data-pane="course" className="w-88 shrink-0 border-r bg-panel max-xl:w-76">
      <Suspense>
        <CoursePanel />
      </Suspense>
    </aside>
  );
}

/** The course on a small window: a sheet, and what is to be done next below it. */
export function CourseSheet() {
  const shown = useStore(course, (state) => state.shown);
  return (
    <Sheet open={shown} title="Course" onClose={course.hide}>
      <Suspense>
        <CoursePanel />
      </Suspense>
    </Sheet>
  );
}

export function CourseBar() {
  const waiting = useStore(course, (state) => state.lesson !== null && !state.shown);
  return waiting ? (
    <Suspense>
      <LessonBar />
    </Suspense>
  ) : null;
}
