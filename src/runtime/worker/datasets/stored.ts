/** Data sets that come as files under public/data. */

import { RandomState } from '../random.ts';
import { gunzip, parseCsv, parseIdx, type ReadFile } from './files.ts';
import type { Columns } from './load.ts';

export async function loadDigits(readFile: ReadFile): Promise<Columns> {
  const rows = parseCsv(await gunzip(await readFile('data/digits.csv.gz')));
  const pixels = Float32Array.from(rows.flatMap((row) => row.slice(0, 64).map((value) => value / 16)));
  return { pixels, label: Int32Array.from(rows, (row) => row[64] as number) };
}

export async function loadMnist(readFile: ReadFile): Promise<Columns> {
  const [images, labels] = await Promise.all(
    ['images-idx3', 'labels-idx1'].map(async (part) =>
      parseIdx(await gunzip(await readFile(`data/mnist10k-${part}-ubyte.gz`))),
    ),
  );
  if (!images || !labels) throw new Error('mnist has two files');
  const pixels = new Float32Array(images.data);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (pixels[i] as number) / 255;
  return { pixels, label: new Int32Array(labels.data) };
}

/** The file is sorted by species, so its rows are shuffled once and for all. The first line is `rows,columns,names`. */
export async function loadIris(readFile: ReadFile): Promise<Columns> {
  const rows = parseCsv(await readFile('data/iris.csv')).slice(1);
  const shuffled = Array.from(new RandomState(0).permutation(rows.length), (row) => rows[row] as number[]);
  return {
    features: Float32Array.from(shuffled.flatMap((row) => row.slice(0, 4))),
    label: Int32Array.from(shuffled, (row) => row[4] as number),
  };
}
