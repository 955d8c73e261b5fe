/** Problems of the runtime are of the flat drawing; nodes of a sheet ask for those that concern it. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Editor } from './create-editor.ts';
import { localDiagnostic, locator } from './sheets.ts';

let asked: { readonly question: readonly unknown[]; readonly answer: readonly Diagnostic[] } | null = null;

/** The same list for the same question: every node asks. */
export function problemsOfSheet(editor: Editor, problems: readonly Diagnostic[]): readonly Diagnostic[] {
  if (problems.length === 0) return problems;
  const whole = editor.whole.getState().document;
  const { path, document } = editor.document.getState();
  const question = [problems, whole.graph, path];
  if (!asked?.question.every((part, at) => part === question[at])) {
    const flat = flatten(whole, editor.registry);
    const locate = locator(flat, path, document);
    const isFlat = flat.nodes.size === 0 && path.length === 0;
    const answer = isFlat ? problems : problems.flatMap((found) => localDiagnostic(found, flat, path, locate) ?? []);
    asked = { question, answer };
  }
  return asked.answer;
}
