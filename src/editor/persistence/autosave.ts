/**
 * Keeps the open document in IndexedDB: a moment after each change and when the page is left, so that a closed or
 * killed tab loses nothing. A browser without room is reported; the open document stays as it is.
 */
import { get, set } from 'idb-keyval';
import { diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { printDocument } from '../../compiler/document-parse.ts';
import { saveState } from '../session/save-state.ts';
import type { Editor } from '../store/create-editor.ts';
import { openText, reportProblems } from './documents.ts';

const KEY = 'wiregrad.document';
const DELAY_MS = 300;

/** Where documents are kept; tests give their own. */
export interface DocumentStorage {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

const browserStorage: DocumentStorage = {
  read: () => get<string>(KEY),
  write: (text) => set(KEY, text),
};

/** Opens what was saved last. False where there is nothing, or nothing that can be read. */
export async function restore(editor: Editor, storage: DocumentStorage = browserStorage): Promise<boolean> {
  try {
    const text = await storage.read();
    return text !== undefined && openText(editor, text);
  } catch {
    return false;
  }
}

function storageFull(error: unknown) {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return diagnostic(
    'storage/full',
    {},
    {
      title: full ? 'The browser has no room left for the document' : 'The browser could not save the document',
      cause: `${full ? 'Its storage for this page is full' : String(error)}. The document is open as it was; save it as a file to keep it.`,
      severity: 'warning',
    },
  );
}

/** Starts saving. The result stops it. */
export function startAutosave(editor: Editor, storage: DocumentStorage = browserStorage): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saved: GraphDocument = editor.document.getState().document;
  // Writes follow one another, so that an older text never replaces a newer one.
  let writing: Promise<void> = Promise.resolve();

  async function write(document: GraphDocument) {
    try {
      await storage.write(printDocument(document));
      saved = document;
      reportProblems(editor, 'storage/', []);
      if (editor.document.getState().document === document) saveState.setState({ value: 'saved' });
    } catch (error) {
      saveState.setState({ value: 'failed' });
      reportProblems(editor, 'storage/', [storageFull(error)]);
    }
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const { document } = editor.document.getState();
    if (document !== saved) writing = writing.then(() => write(document));
  }

  const unsubscribe = editor.document.subscribe((state, previous) => {
    if (state.document === previous.document) return;
    saveState.setState({ value: 'saving' });
    clearTimeout(timer);
    timer = setTimeout(flush, DELAY_MS);
  });
  const onHide = () => {
    if (window.document.visibilityState === 'hidden') flush();
  };
  window.document.addEventListener('visibilitychange', onHide);
  window.addEventListener('pagehide', flush);
  return () => {
    unsubscribe();
    flush();
    window.document.removeEventListener('visibilitychange', onHide);
    window.removeEventListener('pagehide', flush);
  };
}
