/** NumPy's .npz archives: a zip file of one .npy file an array, named after it. */
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { readNpy, writeNpy } from './npy.ts';
import { FormatError, type StoredTensor } from './tensor.ts';

/** Arrays of an archive, and bytes of all of them unpacked: above that it is broken or made to do harm. */
const MOST_ARRAYS = 100_000;
const MOST_BYTES = 2 ** 31;

/** The arrays by name, in the order of the archive. Throws a FormatError. */
export function readNpz(bytes: Uint8Array, where = 'The file'): Map<string, StoredTensor> {
  const arrays = new Map<string, StoredTensor>();
  for (const [file, content] of unzip(bytes, where)) {
    if (!file.endsWith('.npy')) continue;
    const name = file.slice(0, -'.npy'.length);
    arrays.set(name, readNpy(content, `“${name}” in ${where}`));
  }
  return arrays;
}

function unzip(bytes: Uint8Array, where: string): [string, Uint8Array][] {
  const sizes = new Map<string, number>();
  let total = 0;
  const accept = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (sizes.has(name)) throw new FormatError(`${where} holds two files “${name}”.`);
    sizes.set(name, originalSize);
    total += originalSize;
    if (sizes.size > MOST_ARRAYS) throw new FormatError(`${where} says that it holds more than ${MOST_ARRAYS} files.`);
    if (!(total <= MOST_BYTES)) throw new FormatError(`${where} would take more than 2 GB unpacked.`);
    return true;
  };
  const files = Object.entries(unpack(bytes, where, accept));
  for (const [name, { length }] of files) {
    if (length !== sizes.get(name)) {
      throw new FormatError(`“${name}” in ${where} is cut off: ${length} of ${sizes.get(name)} bytes are there.`);
    }
  }
  return files;
}

function unpack(bytes: Uint8Array, where: string, filter: NonNullable<Parameters<typeof unzipSync>[1]>['filter']) {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`${where} is no sound zip archive, as .npz files are: ${(error as Error).message}.`);
  }
}

/** As `numpy.savez` writes it: not compressed. Equal arrays give equal bytes. */
export function writeNpz(arrays: ReadonlyMap<string, StoredTensor>): Uint8Array {
  // The first day of a zip file's calendar, in the time zone it is read in.
  const mtime = new Date(1980, 0, 1);
  const files: Zippable = {};
  for (const [name, tensor] of arrays) files[`${name}.npy`] = [writeNpy(tensor), { level: 0, mtime }];
  return zipSync(files);
}
