import './course.css';
import { ChevronLeft, ChevronRight, List, RotateCcw } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand/react';
import { NoteText } from '../notes/NoteText.tsx';
import { editor } from '../store/editor.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { CheckpointCard } from './CheckpointCard.tsx';
import { course } from './course-store.ts';
import { loadLessonText } from './files.ts';
import type { Lesson } from './lesson.ts';
import { lessons } from './lessons.ts';
import { openLesson } from './open-lesson.ts';
import { countDone } from './progress.ts';
import { type Part, partsOf } from './text.ts';

const NO_PARTS: readonly Part[] = [];

function useParts(id: string): readonly Part[] {
  const [parts, setParts] = useState(NO_PARTS);
  useEffect(() => {
    let current = true;
    void loadLessonText(id).then((text) => {
      if (current) setParts(partsOf(text));
    });
    return () => {
      current = false;
    };
  }, [id]);
  return parts;
}

interface LessonTextProps {
  readonly lesson: Lesson;
  readonly close: ReactNode;
  readonly onList: () => void;
}

/** A lesson's text with its checkpoints, and the way to the lessons beside it. */
export function LessonText({ lesson, close, onList }: LessonTextProps) {
  const parts = useParts(lesson.id);
  const at = lessons.indexOf(lesson);
  const done = useStore(course, (state) => countDone(lesson, state.done));
  const { checkpoints } = lesson;
  const isFinished = done === checkpoints.length;
  const before = lessons[at - 1];
  const after = lessons[at + 1];
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => top.current?.focus({ preventScroll: true }), []);
  return (
    <article aria-labelledby="lesson-title" className="flex h-full flex-col">
      <header className="flex min-h-10 shrink-0 items-center gap-1 border-b py-1 pr-1 pl-1">
        <IconButton label="All lessons" onClick={onList}>
          <List size={16} />
        </IconButton>
        <h2 id="lesson-title" ref={top} tabIndex={-1} className="min-w-0 flex-1 truncate font-semibold outline-none">
          <span className="mr-1.5 text-faint">{at + 1}</span>
          {lesson.title}
        </h2>
        <IconButton label="Begin this lesson again" onClick={() => void openLesson(editor, lesson.id, { again: true })}>
          <RotateCcw size={14} />
        </IconButton>
        {close}
      </header>
      <div className="lesson-text scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-3">
        {parts.map((part) => {
          if ('text' in part) return <NoteText key={part.text} text={part.text} />;
          const index = checkpoints.findIndex(({ id }) => id === part.checkpoint);
          const checkpoint = checkpoints[index];
          return checkpoint ? (
            <CheckpointCard key={checkpoint.id} lesson={lesson} checkpoint={checkpoint} at={index} />
          ) : null;
        })}
      </div>
      <footer className="flex shrink-0 items-center gap-2 border-t px-3 py-2">
        {before && (
          <IconButton label={`Back to “${before.title}”`} side="top" onClick={() => void openLesson(editor, before.id)}>
            <ChevronLeft size={16} />
          </IconButton>
        )}
        <p className="min-w-0 flex-1 text-muted">
          {done} of {checkpoints.length} done
        </p>
        {after && (
          <Button kind={isFinished ? 'primary' : 'plain'} onClick={() => void openLesson(editor, after.id)}>
            Next lesson <ChevronRight size={14} />
          </Button>
        )}
        {!after && isFinished && <p className="font-medium">That was the course.</p>}
      </footer>
    </article>
  );
}
