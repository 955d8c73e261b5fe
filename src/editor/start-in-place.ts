/** Starts what explains and checks training where it is seen. */
import type { TrainingClient } from '../runtime/client.ts';
import { followBreakpoints } from './breakpoints/breakpoint-store.ts';
import { followDivergence } from './diverged/follow.ts';
import { followEdits } from './explain/explain-store.ts';
import { provideQuestions, Questions } from './session/questions.ts';
import { followResults } from './stale/results.ts';
import { followStepper } from './stepper/stepper-store.ts';
import type { Editor } from './store/create-editor.ts';
import { followTimeline } from './timeline/timeline-store.ts';
import { followDrawing } from './watch/follow-drawing.ts';

export function startInPlace(editor: Editor, client: TrainingClient, ready: () => Promise<void>): void {
  const questions = new Questions({ editor, client, ready });
  provideQuestions(questions);
  followDivergence(editor, client, questions);
  followResults(editor, client);
  followDrawing(editor);
  followEdits(editor);
  followBreakpoints(editor, client);
  followStepper(editor);
  followTimeline(editor, client);
}
