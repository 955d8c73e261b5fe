import { Circle, CircleCheck, CircleDot } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand/react';
import { NoteText } from '../notes/NoteText.tsx';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { course } from './course-store.ts';
import type { Checkpoint, Lesson } from './lesson.ts';
import { showAnswer } from './open-lesson.ts';
import { nextCheckpoint } from './progress.ts';

interface CheckpointCardProps {
  readonly lesson: Lesson;
  readonly checkpoint: Checkpoint;
  readonly at: number;
}

const STATE = { done: 'Done', next: 'To do now', later: 'Later' } as const;

/** Something to do, and whether it is done. The one that is next can be helped with. */
export function CheckpointCard({ lesson, checkpoint, at }: CheckpointCardProps) {
  const state = useStore(course, ({ done }): keyof typeof STATE => {
    if ((done[lesson.id] ?? []).includes(checkpoint.id)) return 'done';
    return nextCheckpoint(lesson, done) === checkpoint ? 'next' : 'later';
  });
  const hint = useStore(course, (now) => now.hint);
  const [asked, setAsked] = useState(false);
  const card = useRef<HTMLElement>(null);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === 'later' && state === 'next') card.current?.scrollIntoView({ block: 'nearest' });
    before.current = state;
  }, [state]);
  const Icon = state === 'done' ? CircleCheck : state === 'next' ? CircleDot : Circle;
  return (
    <section
      ref={card}
      aria-label={`${STATE[state]}: ${checkpoint.title}`}
      data-checkpoint={checkpoint.id}
      data-state={state}
      className="checkpoint"
    >
      <Icon size={18} aria-hidden="true" className="mt-px shrink-0" />
      <div className="min-w-0 flex-1">
        <h3 className="font-semibold">{checkpoint.title}</h3>
        <NoteText text={checkpoint.say} />
        {state === 'next' && (
          <>
            <div className="-ml-2.5 mt-1 flex flex-wrap">
              <Button kind="quiet" aria-expanded={asked} onClick={() => setAsked(!asked)}>
                {asked ? 'Hide the hint' : 'Hint'}
              </Button>
              <Button kind="quiet" onClick={() => void showAnswer(editor, lesson.id, at)}>
                Show the answer
              </Button>
            </div>
            {asked && <p className="mt-1 text-muted">{hint ?? 'One moment: the drawing is being looked at.'}</p>}
          </>
        )}
      </div>
    </section>
  );
}
