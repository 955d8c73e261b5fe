/** How documents come in and go out. Only a document without errors replaces the one that is open. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { parseDocument } from '../../compiler/document-parse.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import type { Editor } from '../store/create-editor.ts';

/** Opens a document with a history of its own, and shows what is to be said of it. Nodes without a place get one. */
export function openDocument(editor: Editor, document: GraphDocument, diagnostics: readonly Diagnostic[] = []) {
  reportProblems(editor, 'document/', diagnostics);
  editor.ui.select([]);
  editor.document.load(placeMissing(document, editor.registry));
  editor.view.fit();
}

/** Opens the text of a file, or reports why it cannot be opened and leaves the open document as it is. */
export function openText(editor: Editor, text: string): boolean {
  const { document, diagnostics } = parseDocument(text);
  const failed = !document || diagnostics.some((item) => item.severity === 'error');
  if (failed) {
    reportProblems(editor, 'document/', diagnostics);
    editor.ui.showTab('problems');
    return false;
  }
  openDocument(editor, document, diagnostics);
  return true;
}

export async function openBlob(editor: Editor, file: Blob): Promise<boolean> {
  return openText(editor, await file.text());
}

/** Shows these problems instead of the earlier ones of the same family. */
export function reportProblems(editor: Editor, family: string, diagnostics: readonly Diagnostic[]) {
  const { problems } = editor.session.getState();
  const others = problems.filter((item) => !item.code.startsWith(family));
  if (others.length === problems.length && diagnostics.length === 0) return;
  editor.session.set({ problems: [...others, ...diagnostics] });
}

export function newDocument(editor: Editor) {
  openDocument(editor, emptyDocument());
}

/** Hands a file to the browser's downloads. */
export function downloadFile(name: string, content: BlobPart, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = window.document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has to have begun before the address is taken back.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Lets the user choose a file; null where they choose none. */
export function pickFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = window.document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
