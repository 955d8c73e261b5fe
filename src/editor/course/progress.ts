import type { CourseState } from './course-store.ts';
import type { Checkpoint, Lesson } from './lesson.ts';

type Done = CourseState['done'];

/** How many checkpoints of a lesson are done. */
export function countDone({ id, checkpoints }: Lesson, done: Done): number {
  const own = done[id] ?? [];
  return checkpoints.filter((checkpoint) => own.includes(checkpoint.id)).length;
}

/** The first that is not done. */
export function nextCheckpoint({ id, checkpoints }: Lesson, done: Done): Checkpoint | undefined {
  const own = done[id] ?? [];
  return checkpoints.find((checkpoint) => !own.includes(checkpoint.id));
}
