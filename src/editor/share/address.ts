/** The address of the page: which drawing it names, and when it stops naming it. */
import { diagnostic } from '../../compiler/diagnostics.ts';
import { loadExample } from '../gallery/examples.ts';
import type { Autosave } from '../persistence/autosave.ts';
import { openDocument, reportProblems } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';
import { readLink } from './link.ts';

interface Page {
  readonly editor: Editor;
  readonly autosave: Autosave;
  readonly start: () => void;
}

/** Opens an example, which trains at once. False where there is none of this name. */
export async function openExample({ editor, start }: Omit<Page, 'autosave'>, name: string): Promise<boolean> {
  const document = await loadExample(name);
  if (!document) {
    const problem = diagnostic('document/not-found', {}, { title: `There is no example “${name}”` });
    reportProblems(editor, 'document/', [problem]);
    return false;
  }
  openDocument(editor, document);
  start();
  return true;
}

/**
 * Opens what the address names, `#example=`, `#lesson=` or `#doc=`, beside the drawings that are in the browser. False where it names
 * nothing, or nothing that could be read: that is reported, and what is open stays.
 */
export async function openAddress(page: Page, hash = window.location.hash): Promise<boolean> {
  const { editor, autosave, start } = page;
  const example = new URLSearchParams(hash.slice(1)).get('example');
  if (example !== null) return openExample(page, example);
  const lesson = new URLSearchParams(hash.slice(1)).get('lesson');
  if (lesson !== null) {
    const { openLesson } = await import('../course/open-lesson.ts');
    if (await openLesson(editor, lesson)) return true;
    const problem = diagnostic('document/not-found', {}, { title: `There is no lesson “${lesson}”` });
    reportProblems(editor, 'document/', [problem]);
    return false;
  }
  const link = await readLink(hash);
  if (!link) return false;
  if (!link.document) {
    reportProblems(editor, 'document/', link.diagnostics);
    return false;
  }
  await autosave.openCopy(link.document);
  if (link.run) start();
  return true;
}

/**
 * Follows the address while the page is open. With the first edit it no longer says what is drawn, so it stops naming
 * anything: loading the page again then goes on with the edited drawing. The result ends it.
 */
export function followAddress(page: Page): () => void {
  const onHash = () => void openAddress(page);
  const unsubscribe = page.editor.document.subscribe((state, previous) => {
    if (state.document === previous.document || state.opened !== previous.opened) return;
    const { pathname, search, hash } = window.location;
    if (/^#(example|doc)=/.test(hash)) window.history.replaceState(window.history.state, '', pathname + search);
  });
  window.addEventListener('hashchange', onHash);
  return () => {
    unsubscribe();
    window.removeEventListener('hashchange', onHash);
  };
}
