/** Lessons are drawings of their own: opening one leaves what was open where it is, among the drawings. */
import { autosave } from '../persistence/autosave.ts';
import { openDocument } from '../persistence/documents.ts';
import { library } from '../persistence/library.ts';
import { sessionActions } from '../session/actions.ts';
import { isNarrow } from '../shell/use-narrow.ts';
import type { Editor } from '../store/create-editor.ts';
import { NO_PANELS } from '../store/ui-store.ts';
import { course } from './course-store.ts';
import { perform } from './deeds.ts';
import { loadLessonDrawing } from './files.ts';
import { followLessons } from './judge.ts';
import { findLesson } from './lessons.ts';
import { solution } from './solution.ts';

function setAddress(hash: string): void {
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', pathname + search + hash);
}

let isFollowed = false;

/** The lesson ends where another drawing is opened; a copy of its drawing is its drawing from then on. */
function followDrawings(): void {
  if (isFollowed) return;
  isFollowed = true;
  library.subscribe(({ open, copyOf }, previous) => {
    const { lesson } = course.getState();
    if (lesson === null || open === null || open === previous.open || isOpening) return;
    if (copyOf !== null) {
      course.setDrawing(lesson, open);
      return;
    }
    course.leave();
    course.hide();
    setAddress('');
  });
}

let isOpening = false;

/** Opens a lesson where it was left. `again` begins it anew. False where there is no such lesson. */
export async function openLesson(editor: Editor, id: string, { again = false } = {}): Promise<boolean> {
  const start = findLesson(id) && (await loadLessonDrawing(id));
  if (!start) return false;
  followLessons(editor);
  followDrawings();
  if (again) course.forget(id);
  isOpening = true;
  try {
    const kept = course.getState().drawings[id];
    const drawings =
      kept === undefined
        ? []
        : await autosave()
            .refresh()
            .catch(() => []);
    const isKept = kept !== undefined && drawings.some((drawing) => drawing.id === kept);
    if (!isKept || !(await autosave().open(kept))) openDocument(editor, start);
  } finally {
    isOpening = false;
  }
  const { open } = library.getState();
  if (open !== null) course.setDrawing(id, open);
  // On a small window the text would cover the drawing, and its bar stays in sight.
  const { panels } = editor.ui.getState();
  // Curves are of batches.
  const plots = start.graph.training.batchSize > 1 && Object.values(start.graph.nodes).some(({ op }) => op === 'Data');
  editor.ui.set({ dialog: null, panels: isNarrow() ? NO_PANELS : { ...panels, palette: false, plots } });
  course.enter(id);
  setAddress(`#lesson=${id}`);
  // The panel took some of the canvas.
  requestAnimationFrame(() => requestAnimationFrame(() => editor.view.fit()));
  // So that nodes show their values before anything is trained.
  await sessionActions()
    .ready()
    .catch(() => {});
  return true;
}

/** Draws the answer to a checkpoint, one step to undo, and trains where that is part of it. */
export async function showAnswer(editor: Editor, lesson: string, at: number): Promise<void> {
  const record = findLesson(lesson);
  const checkpoint = record?.checkpoints[at];
  const start = await loadLessonDrawing(lesson);
  if (!record || !checkpoint || !start) return;
  const { graph, layout } = solution(start, record, at);
  editor.whole.apply(`Answer: ${checkpoint.title}`, (draft) => {
    Object.assign(draft, structuredClone({ graph, layout }));
  });
  editor.view.fit();
  await perform(checkpoint.deeds ?? []);
}
