/** Starts what explains and checks training where it is seen. */
import type { TrainingClient } from '../runtime/client.ts';
import { followDivergence } from './diverged/follow.ts';
import { followEdits } from './explain/explain-store.ts';
import { provideQuestions, Questions } from './session/questions.ts';
import { followResults } from './stale/results.ts';
import type { Editor } from './store/create-editor.ts';
import { followDrawing } from './watch/follow-drawing.ts';

export function startInPlace(editor: Editor, client: TrainingClient, ready: () => Promise<void>): void {
  const questions = new Questions({ editor, client, ready });
  provideQuestions(questions);
  followDivergence(editor, client, questions);
  followResults(editor, client);
  followDrawing(editor);
  followEdits(editor);
}
