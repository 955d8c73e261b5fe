/** What autosave knows of one document, and whether it is worth keeping. */
import { diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { loadLessonDrawing } from '../course/files.ts';
import { exampleNames, loadExample } from '../gallery/examples.ts';
import type { Drawing, Version } from './storage.ts';

/** A document that is, or may become, a drawing in the browser. */
export interface Open {
  id: string;
  latest: GraphDocument;
  /** What the storage has; null for nothing. */
  stored: GraphDocument | null;
  /** An example as it ships, or an empty canvas: not stored before it is edited. */
  pristine: boolean;
  /** Another tab is the one that writes. */
  elsewhere: boolean;
  /** Lets other tabs write; null as long as this tab does not hold the drawing. */
  release: (() => void) | null;
  /** The storage knows this tab as the one that writes. */
  owned: boolean;
  edited: number;
  opened: number;
  deleted: boolean;
  /** Edits in the journal. */
  edits: number;
  /** Waiting to be written. */
  versions: Version[];
  /** The newest state that is a version. */
  versioned: GraphDocument | null;
  /** When the burst of edits began; null between bursts. */
  burst: number | null;
  writing: Promise<void> | null;
}

export function openOf(document: GraphDocument, time: number, id: string = crypto.randomUUID()): Open {
  return {
    id,
    latest: document,
    stored: null,
    pristine: true,
    elsewhere: false,
    release: null,
    owned: false,
    edited: time,
    opened: time,
    deleted: false,
    edits: 0,
    versions: [],
    versioned: null,
    burst: null,
    writing: null,
  };
}

export function drawingOf({ id, latest, edited, opened, deleted }: Open): Drawing {
  return { id, document: latest, edited, opened, deleted: deleted ? edited : null };
}

export function storageFull(error: unknown) {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return diagnostic(
    'storage/full',
    {},
    {
      title: full ? 'The browser has no room left for the document' : 'The browser could not save the document',
      cause: full
        ? 'Its storage for this page is full. The document is open as it was: save it as a file to keep it, or delete drawings that are no longer needed.'
        : `${String(error)}. The document is open as it was; save it as a file to keep it.`,
      severity: 'warning',
    },
  );
}

/** Work of the user, and not what gallery and course have anyway. */
export async function isWork({ name, graph }: GraphDocument): Promise<boolean> {
  if (Object.keys(graph.nodes).length === 0) return false;
  const shipped = exampleNames.includes(name) ? await loadExample(name) : await loadLessonDrawing(name);
  return JSON.stringify(shipped?.graph) !== JSON.stringify(graph);
}
