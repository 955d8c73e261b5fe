/** What a visit begins with: the document this tab had, else the drawing that was worked on last. */
import { del, get, set } from 'idb-keyval';
import type { GraphDocument } from '../../compiler/document.ts';
import { parseDocument, readDocument } from '../../compiler/document-parse.ts';
import type { Editor } from '../store/create-editor.ts';
import { reportProblems } from './documents.ts';
import type { Drawing, DrawingStorage } from './storage.ts';

/** Of this tab alone, and as long as the tab. */
const TAB = 'wiregrad.open';

export interface OpenInTab {
  readonly id: string;
  /** Of an example that was not edited, or of an empty canvas; null for drawings. */
  readonly name: string | null;
}

export function rememberOpen(open: OpenInTab): void {
  try {
    sessionStorage.setItem(TAB, JSON.stringify(open));
  } catch {
    // The next visit begins with the newest drawing.
  }
}

export function recallOpen(): OpenInTab | null {
  try {
    return JSON.parse(sessionStorage.getItem(TAB) ?? 'null') as OpenInTab | null;
  } catch {
    return null;
  }
}

/** The drawing that was opened or edited last. */
export function newest(drawings: readonly Drawing[]): Drawing | null {
  const time = ({ edited, opened }: Drawing) => Math.max(edited, opened);
  return drawings.filter(({ deleted }) => deleted === null).sort((a, b) => time(b) - time(a))[0] ?? null;
}

/** Where earlier versions kept the open document and those it replaced. */
const EARLIER = 'wiregrad.document';
const EARLIER_LIST = 'wiregrad.recent';
const UNREADABLE = 'wiregrad.unreadable';

/** Takes over what earlier versions kept. What cannot be read is reported, and stays in the browser. The open drawing's id. */
export async function importEarlier(editor: Editor, storage: DrawingStorage, now = Date.now()): Promise<string | null> {
  const text = await get<string>(EARLIER);
  const list = await get<readonly { readonly document: GraphDocument; readonly time: number }[]>(EARLIER_LIST);
  const add = async (document: GraphDocument, edited: number) => {
    const id = crypto.randomUUID();
    await storage.insert({ id, document, edited, opened: edited, deleted: null });
    return id;
  };
  for (const { document, time } of list ?? []) {
    const read = readDocument(document).document;
    if (read) await add(read, time);
  }
  if (list) await del(EARLIER_LIST);
  if (text === undefined) return null;
  const { document, diagnostics } = parseDocument(text);
  const id = document && (await add(document, now));
  if (!document) {
    await set(UNREADABLE, text);
    reportProblems(editor, 'document/', diagnostics);
  }
  await del(EARLIER);
  return id;
}
