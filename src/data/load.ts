/** From what the user gives, files of any known kind or text, to a table and the source that a recipe remembers. */
import type { DataFile, DataSource, PictureFormat, TableFormat } from '../compiler/datasets.ts';
import type { DatasetInfo } from '../compiler/plan.ts';
import { isIdx, isNpy, readIdxColumn, readNpyColumn } from './arrays.ts';
import { detectFormat, parseTable, TableReader } from './csv.ts';
import { fail } from './errors.ts';
import { isPicture, type PictureDecoder, type PictureFile, readPictures, suggestFormat } from './pictures.ts';
import { bytesOf, type DataInput, Hash, type OnProgress, piecesOf, startOf } from './streams.ts';
import { distinctNames, numbersColumn, type Table, type TableColumn, textColumn } from './table.ts';
import { isZip, zipFiles, zipPaths } from './zip.ts';

/** What reading needs of where it runs. */
export interface Ports {
  readonly decoder: PictureDecoder;
  readonly onProgress: OnProgress;
  /** A built-in data set, with its values by column. */
  readonly builtIn: (name: string) => Promise<{
    readonly columns: DatasetInfo['columns'];
    readonly values: Readonly<Record<string, Float32Array | Int32Array>>;
  }>;
}

/** What the user says of the format; the rest is found out. */
export interface Wishes {
  readonly table?: TableFormat;
  readonly pictures?: PictureFormat;
}

export interface Opened {
  readonly source: DataSource;
  readonly table: Table;
}

const ZIP_PART = 500;
const HEAD = 2 ** 16;

const isHidden = ({ path }: DataInput) => /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/.test(path);
const baseName = (path: string) => path.split('/').at(-1) ?? path;
const stem = (path: string) =>
  baseName(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]*$/, '') || path;

/** The beginning of a file as it is unpacked. */
async function headOf(input: DataInput): Promise<Uint8Array> {
  for await (const piece of piecesOf(input, () => {})) {
    if (piece.length > 0) return piece.subarray(0, HEAD);
  }
  return new Uint8Array();
}

function sameRows(columns: readonly TableColumn[], rows: readonly number[]): void {
  const other = rows.findIndex((count) => count !== rows[0]);
  if (other < 0) return;
  fail(
    'data/row',
    `“${columns[0]?.name}” has ${rows[0]} rows, but “${columns[other]?.name}” has ${rows[other]}`,
    'Arrays of one data set have a row for each example.',
  );
}

function rowsOf({ numbers, shape }: TableColumn): number {
  return (
    numbers.length /
    Math.max(
      1,
      shape.reduce((product, size) => product * size, 1),
    )
  );
}

function tableOf(name: string, columns: readonly TableColumn[]): Table {
  const names = distinctNames(columns.map((column) => column.name));
  const rows = columns.map(rowsOf);
  sameRows(columns, rows);
  return {
    name,
    rows: rows[0] ?? 0,
    columns: columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })),
    flaws: new Map(),
    place: (row) => `row ${row + 1}`,
  };
}

async function openArrays(inputs: readonly DataInput[], { onProgress }: Ports): Promise<Opened> {
  const columns: TableColumn[] = [];
  const files: DataFile[] = [];
  const sorted = inputs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const input of sorted) {
    const hash = new Hash();
    const bytes = await bytesOf(input, onProgress, hash);
    files.push({ name: baseName(input.path), size: input.blob.size, hash: hash.hex() });
    if (isZip(bytes)) columns.push(...archivedArrays(input.path, bytes));
    else {
      const read = isNpy(bytes) || /\.npy$/i.test(input.path) ? readNpyColumn : readIdxColumn;
      columns.push(read(stem(input.path), bytes, baseName(input.path)));
    }
  }
  return {
    source: { kind: 'arrays', files },
    table: tableOf(sorted.map(({ path }) => baseName(path)).join(', '), columns),
  };
}

/** Columns of an npz, or a zip of npy files. */
function archivedArrays(name: string, bytes: Uint8Array): TableColumn[] {
  const paths = zipPaths(name, bytes).filter((path) => path.endsWith('.npy'));
  if (paths.length === 0) fail('data/empty', `${name} holds no arrays`, 'It has no .npy file inside.');
  const files = zipFiles(name, bytes, paths);
  return paths.map((path) => readNpyColumn(stem(path), files.get(path) ?? new Uint8Array(), `“${path}” in ${name}`));
}

async function openTable(input: DataInput, wish: TableFormat | undefined, { onProgress }: Ports): Promise<Opened> {
  const name = baseName(input.path);
  const hash = new Hash();
  let format = wish;
  let reader: TableReader | null = wish ? new TableReader(name, wish) : null;
  let start = '';
  let decoder: TextDecoder | null = null;
  for await (const piece of piecesOf(input, onProgress, hash)) {
    decoder ??= decoderFor(name, piece);
    const text = decoder.decode(piece, { stream: true });
    if (reader) {
      reader.push(text);
      continue;
    }
    start += text;
    if (start.length < HEAD) continue;
    format = detectFormat(start);
    reader = new TableReader(name, format);
    reader.push(start);
  }
  const rest = decoder?.decode() ?? '';
  if (!reader || !format) {
    format = detectFormat(start + rest);
    reader = new TableReader(name, format);
    reader.push(start);
  }
  reader.push(rest);
  const file = { name, size: input.blob.size, hash: hash.hex() };
  return { source: { kind: 'table', file, format }, table: reader.finish() };
}

/** Text with a mark of UTF-16, or UTF-8. Files that are no text end here. */
function decoderFor(name: string, piece: Uint8Array): TextDecoder {
  if (piece[0] === 0xff && piece[1] === 0xfe) return new TextDecoder('utf-16le');
  if (piece[0] === 0xfe && piece[1] === 0xff) return new TextDecoder('utf-16be');
  const head = piece.subarray(0, 1024);
  if (head.includes(0)) {
    const seen = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    fail(
      'data/file',
      `${name} is of no format that is known`,
      `It begins with the bytes ${seen}. Tables (CSV, TSV), IDX, npy, npz, and folders or zips of pictures can be read.`,
    );
  }
  return new TextDecoder();
}

async function openPictures(inputs: readonly DataInput[], wishes: Wishes, ports: Ports): Promise<Opened> {
  const sorted = inputs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const name = sorted[0]?.path.includes('/') ? (sorted[0].path.split('/')[0] ?? '') : `${sorted.length} pictures`;
  const bytes = async ({ blob }: DataInput) => new Uint8Array(await blob.arrayBuffer());
  const plain = sorted.map((input) => ({ path: input.path, bytes: () => bytes(input) }));
  const format = wishes.pictures ?? (await suggestFormat(plain, ports.decoder));
  const hash = new Hash();
  const table = await readPictures(name, plain, format, ports.decoder, ports.onProgress, (path, content) => {
    hash.add(path);
    hash.add(content);
  });
  const size = sorted.reduce((sum, { blob }) => sum + blob.size, 0);
  return {
    source: { kind: 'pictures', file: { name, size, hash: hash.hex(), files: sorted.length }, format },
    table,
  };
}

async function openZip(input: DataInput, wishes: Wishes, ports: Ports): Promise<Opened> {
  const name = baseName(input.path);
  const hash = new Hash();
  const bytes = await bytesOf(input, ports.onProgress, hash);
  const file = { name, size: input.blob.size, hash: hash.hex() };
  const paths = zipPaths(name, bytes);
  const pictures = paths.filter(isPicture);
  if (pictures.length > 0) {
    const files = archivedPictures(name, bytes, pictures);
    const format = wishes.pictures ?? (await suggestFormat(files, ports.decoder));
    const table = await readPictures(name, files, format, ports.decoder, ports.onProgress);
    return { source: { kind: 'pictures', file, format }, table };
  }
  if (paths.some((path) => path.endsWith('.npy'))) {
    return { source: { kind: 'arrays', files: [file] }, table: tableOf(name, archivedArrays(name, bytes)) };
  }
  const [only, ...others] = paths;
  if (only === undefined || others.length > 0) {
    return fail(
      'data/file',
      `${name} holds ${paths.length} files, and no pictures or arrays`,
      'A zip has pictures in folders, npy files, or a single table.',
    );
  }
  const content = zipFiles(name, bytes, [only]).get(only) ?? new Uint8Array();
  const opened = await openTable({ path: only, blob: new Blob([content as BlobPart]) }, wishes.table, ports);
  return opened.source.kind === 'table' ? { ...opened, source: { ...opened.source, file } } : opened;
}

/** Pictures of an archive, some hundred unpacked at a time, so that a large one is never unpacked whole. */
function archivedPictures(name: string, bytes: Uint8Array, paths: readonly string[]): PictureFile[] {
  let part: { readonly at: number; readonly files: ReadonlyMap<string, Uint8Array> } | null = null;
  return paths.map((path, index) => ({
    path,
    bytes: () => {
      const at = Math.floor(index / ZIP_PART);
      if (part?.at !== at) {
        part = { at, files: zipFiles(name, bytes, paths.slice(at * ZIP_PART, (at + 1) * ZIP_PART)) };
      }
      return part.files.get(path) ?? new Uint8Array();
    },
  }));
}

/** Reads files of one data set. Throws a DataError that names the place of what is wrong. */
export async function openFiles(chosen: readonly DataInput[], wishes: Wishes, ports: Ports): Promise<Opened> {
  const inputs = chosen.filter((input) => !isHidden(input));
  const [first, ...others] = inputs;
  if (!first) return fail('data/empty', 'There are no files', 'The folder is empty.');
  const pictures = inputs.filter(({ path }) => isPicture(path));
  if (pictures.length > 0) return openPictures(pictures, wishes, ports);
  const empty = inputs.find(({ blob }) => blob.size === 0);
  if (empty) fail('data/empty', `${baseName(empty.path)} is empty`, 'The file has 0 bytes.');
  if (others.length === 0 && isZip(await startOf(first.blob, 4))) return openZip(first, wishes, ports);
  const heads = await Promise.all(inputs.slice(0, 50).map(headOf));
  const looksLikeArray = (head: Uint8Array, at: number) =>
    isNpy(head) || isIdx(head) || isZip(head) || /idx\d|\.(npy|npz)$/i.test(inputs[at]?.path ?? '');
  const arrays = heads.filter(looksLikeArray);
  if (arrays.length === inputs.length) return openArrays(inputs, ports);
  if (others.length === 0) return openTable(first, wishes.table, ports);
  return fail(
    'data/file',
    `${inputs.length} files are no single data set`,
    'Choose one table, arrays (IDX, npy) with the same number of rows, or a folder of pictures.',
  );
}

const pointClass = (number: number) => String.fromCharCode(65 + number);

/** Reads what a recipe was made from; `files` is asked for where it was files. */
export async function openSource(
  source: DataSource,
  files: () => Promise<readonly DataInput[]>,
  ports: Ports,
): Promise<Table> {
  switch (source.kind) {
    case 'text':
      return parseTable('The text', source.text, source.format);
    case 'points': {
      const { points } = source;
      const every = (start: number) => points.filter((_, at) => at % 3 === start);
      if (points.length === 0) fail('data/empty', 'There are no points', 'Paint some of each class.');
      return tableOf('The points', [
        numbersColumn('x', [], Float32Array.from(every(0))),
        numbersColumn('y', [], Float32Array.from(every(1))),
        textColumn('class', every(2).map(pointClass)),
      ]);
    }
    case 'built-in': {
      const { columns, values } = await ports.builtIn(source.name);
      return tableOf(
        source.name,
        columns.map(({ name, shape, image }) => {
          const given = values[name] ?? new Float32Array();
          const numbers = given instanceof Float32Array ? given.slice() : Float32Array.from(given);
          return numbersColumn(name, sizesOf(shape), numbers, image);
        }),
      );
    }
    case 'table':
    case 'pictures':
    case 'arrays': {
      const wishes = source.kind === 'table' ? { table: source.format } : pictureWish(source);
      const opened = await openFiles(await files(), wishes, ports);
      checkSame(source, opened.source);
      return opened.table;
    }
  }
}

/** Rows of a single number are cells. */
const sizesOf = (shape: readonly number[]) => (shape.length === 1 && shape[0] === 1 ? [] : shape);

const pictureWish = (source: DataSource): Wishes => (source.kind === 'pictures' ? { pictures: source.format } : {});

const filesOf = (source: DataSource): readonly DataFile[] =>
  source.kind === 'arrays' ? source.files : source.kind === 'table' || source.kind === 'pictures' ? [source.file] : [];

/** Refuses files with another content than those that the recipe was made from. */
function checkSame(wanted: DataSource, given: DataSource): void {
  const files = filesOf(given);
  for (const file of filesOf(wanted)) {
    if (files.some(({ hash }) => hash === file.hash)) continue;
    const other = files.find(({ name }) => name === file.name) ?? files[0];
    const seen = other ? `${other.name} has ${other.size} bytes` : 'There is none';
    const cause = `${file.name} had ${file.size} bytes and another content. ${seen}. Choose the same file, or make a new data set of this one.`;
    fail('data/changed', `This is not the ${file.name} that the data set was made from`, cause);
  }
}
