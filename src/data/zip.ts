/** Zip archives: a list of what is in them, and single files. */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { fail } from './errors.ts';

export const isZip = (start: Uint8Array) =>
  start[0] === 0x50 && start[1] === 0x4b && ((start[2] === 3 && start[3] === 4) || (start[2] === 5 && start[3] === 6));

/** What all files of an archive may unpack to. */
const MOST_BYTES = 2 ** 32;

function walk(name: string, bytes: Uint8Array, take: (file: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: take });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      'data/file',
      `${name} is cut off or damaged`,
      `Its list of files cannot be read (${why}). Download it again.`,
    );
  }
}

/** What systems put beside the files of users. */
const isHidden = (path: string) => path.endsWith('/') || /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/.test(path);

/** Paths of the files in an archive, in the order of names. */
export function zipPaths(name: string, bytes: Uint8Array): string[] {
  const paths: string[] = [];
  let total = 0;
  walk(name, bytes, (file) => {
    if (!isHidden(file.name)) {
      paths.push(file.name);
      total += file.originalSize;
    }
    return false;
  });
  if (total > MOST_BYTES) {
    fail('data/size', `${name} unpacks to more than 4 GB`, 'That does not fit into the memory of a browser.');
  }
  return paths.sort();
}

/** Single files of an archive, unpacked. */
export function zipFiles(name: string, bytes: Uint8Array, paths: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const wanted = new Set(paths);
  return new Map(Object.entries(walk(name, bytes, (file) => wanted.has(file.name))));
}
