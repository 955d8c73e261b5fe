/** Drawings and texts of the lessons, files of examples/course/ that are loaded when they are asked for. */
import type { GraphDocument } from '../../compiler/document.ts';

const DRAWINGS = import.meta.glob<GraphDocument>('../../../examples/course/*.json', { import: 'default' });
const TEXTS = import.meta.glob<string>('../../../examples/course/*.md', { import: 'default', query: '?raw' });

const byId = <T>(files: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(files).map(([path, load]) => [path.replace(/^.*\/\d+-|\.\w+$/g, ''), load]));

const drawings = byId(DRAWINGS);
const texts = byId(TEXTS);

/** What a lesson begins with; null where there is no such lesson. */
export async function loadLessonDrawing(id: string): Promise<GraphDocument | null> {
  return (await drawings.get(id)?.()) ?? null;
}

export async function loadLessonText(id: string): Promise<string> {
  return (await texts.get(id)?.()) ?? '';
}
