/** Files and folders that the user chooses or drops, with their paths. */
import type { DataInput } from '../../data/streams.ts';

/** Files read from a list before the page gets a turn. */
const AT_ONCE = 200;

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));

export async function inputsOf(files: FileList | readonly File[]): Promise<readonly DataInput[]> {
  const inputs: DataInput[] = [];
  for (let at = 0; at < files.length; at++) {
    const file = files[at];
    if (file) inputs.push({ path: file.webkitRelativePath || file.name, blob: file });
    if (at % AT_ONCE === AT_ONCE - 1) await breathe();
  }
  return inputs;
}

/** Of the File System Access API, which not every browser has. */
type DirectoryPicker = () => Promise<FileSystemDirectoryHandle>;

/** The files below a folder, a few at a time: a field for folders would hand over all of them at once, and hold up the page. */
async function inputsBelow(folder: FileSystemDirectoryHandle, path = folder.name): Promise<DataInput[]> {
  const found: DataInput[] = [];
  let waiting: Promise<DataInput>[] = [];
  const arrive = async () => {
    for (const input of await Promise.all(waiting)) found.push(input);
    waiting = [];
    await breathe();
  };
  for await (const [name, handle] of folder.entries()) {
    const inner = `${path}/${name}`;
    if (handle.kind === 'directory') {
      for (const input of await inputsBelow(handle as FileSystemDirectoryHandle, inner)) found.push(input);
      continue;
    }
    waiting.push((handle as FileSystemFileHandle).getFile().then((blob) => ({ path: inner, blob })));
    if (waiting.length >= AT_ONCE) await arrive();
  }
  await arrive();
  return found;
}

/** Null where the user chooses nothing. */
export async function pickInputs(kind: 'files' | 'folder'): Promise<readonly DataInput[] | null> {
  const { showDirectoryPicker } = window as { readonly showDirectoryPicker?: DirectoryPicker };
  if (kind === 'files' || !showDirectoryPicker) return pickByField(kind);
  const folder = await showDirectoryPicker().catch(() => null);
  return folder && inputsBelow(folder);
}

function pickByField(kind: 'files' | 'folder'): Promise<readonly DataInput[] | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = kind === 'folder';
    input.onchange = () => resolve(input.files ? inputsOf(input.files) : null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}

const filesIn = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));
const entriesIn = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry: FileSystemEntry, found: DataInput[]): Promise<void> {
  if (entry.isFile) {
    found.push({ path: entry.fullPath.slice(1), blob: await filesIn(entry as FileSystemFileEntry) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A part of a large folder comes at a time.
  for (let part = await entriesIn(reader); part.length > 0; part = await entriesIn(reader)) {
    for (const inner of part) await walk(inner, found);
  }
}

/** What was dropped, with what is in folders. Has to be called within the event. */
export function droppedInputs({ items, files }: DataTransfer): Promise<readonly DataInput[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some((entry) => entry.isDirectory)) return inputsOf([...files]);
  const found: DataInput[] = [];
  return entries.reduce((before, entry) => before.then(() => walk(entry, found)), Promise.resolve()).then(() => found);
}

/** Whether files are data rather than a drawing or weights. */
export function looksLikeData(inputs: readonly DataInput[]): boolean {
  const pattern = /\.(csv|tsv|txt|dat|data|gz|zip|idx|idx\d-ubyte|png|jpe?g|gif|bmp|webp|avif)$|idx\d-ubyte/i;
  return inputs.length > 0 && inputs.some(({ path }) => pattern.test(path));
}
