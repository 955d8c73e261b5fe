import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { file, gzipped, idx, npy, open, picture, ports, zipped } from '../../scripts/data-files.ts';
import { openSource } from './load.ts';
import type { Table } from './table.ts';

const IRIS = 'sepal,petal,species\n5.1,1.4,setosa\n7.0,4.7,versicolor\n6.3,6.0,virginica\n';

/** Names, numbers and texts of each column. */
function content({ columns }: Table) {
  return Object.fromEntries(
    columns.map(({ name, numbers, codes, texts }) => [
      name,
      codes && numbers.every((value) => Number.isNaN(value))
        ? Array.from(codes, (code) => texts[code])
        : Array.from(numbers, (value) => Number(value.toPrecision(6))),
    ]),
  );
}

describe('tables', () => {
  const columns = { sepal: [5.1, 7, 6.3], petal: [1.4, 4.7, 6], species: ['setosa', 'versicolor', 'virginica'] };

  test('comma-separated, with its hash', async () => {
    const { source, table } = await open([file('iris.csv', IRIS)]);
    expect(content(table)).toEqual(columns);
    expect(source).toEqual({
      kind: 'table',
      file: { name: 'iris.csv', size: IRIS.length, hash: createHash('sha256').update(IRIS).digest('hex') },
      format: { delimiter: ',', header: true, decimal: '.' },
    });
  });

  test.each([
    ['tabs', IRIS.replaceAll(',', '\t'), { delimiter: '\t', header: true, decimal: '.' }],
    [
      'semicolons and decimal commas',
      IRIS.replaceAll(',', ';').replaceAll('.', ','),
      { delimiter: ';', header: true, decimal: ',' },
    ],
    ['lines of Windows', IRIS.replaceAll('\n', '\r\n'), { delimiter: ',', header: true, decimal: '.' }],
    [
      'quotation marks',
      IRIS.replaceAll('setosa', '"setosa"').replaceAll('\n', '\r\n'),
      { delimiter: ',', header: true, decimal: '.' },
    ],
    ['a byte order mark', `\uFEFF${IRIS}`, { delimiter: ',', header: true, decimal: '.' }],
    ['spaces', IRIS.replaceAll(',', ' , '), { delimiter: ',', header: true, decimal: '.' }],
    ['blank lines', IRIS.replaceAll('\n', '\n\n'), { delimiter: ',', header: true, decimal: '.' }],
    ['no line end', IRIS.trimEnd(), { delimiter: ',', header: true, decimal: '.' }],
  ])('with %s', async (_, text, format) => {
    const { source, table } = await open([file('iris.csv', text)]);
    expect(content(table)).toEqual(columns);
    expect(source).toMatchObject({ format });
  });

  test('without a header', async () => {
    const { source, table } = await open([file('a.csv', '1,2\n3,4\n')]);
    expect(source).toMatchObject({ format: { header: false } });
    expect(content(table)).toEqual({ 'column 1': [1, 3], 'column 2': [2, 4] });
  });

  test('with names that repeat or are empty', async () => {
    const { table } = await open([file('a.csv', 'x,,x\n1,2,3\n')]);
    expect(table.columns.map(({ name }) => name)).toEqual(['x', 'column 2', 'x 2']);
  });

  test('gzip, zip and UTF-16', async () => {
    const utf16 = Buffer.from(`\uFEFF${IRIS}`, 'utf16le');
    for (const input of [
      file('i.csv.gz', gzipped(IRIS)),
      file('i.zip', zipped({ 'i.csv': IRIS })),
      file('i.txt', utf16),
    ]) {
      expect(content((await open([input])).table)).toEqual(columns);
    }
  });

  test('of more than one piece, with cells over several lines', async () => {
    const row = (at: number) => `${at},"a ""quoted""\r\nnote ${'x'.repeat(at % 1500)}",${at % 7}\r\n`;
    const text = `n,note,kind\r\n${Array.from({ length: 9000 }, (_, at) => row(at)).join('')}`;
    const { table } = await open([file('long.csv', text)]);
    expect(table.rows).toBe(9000);
    expect(table.columns[0]?.numbers[8999]).toBe(8999);
    expect(table.columns[1]?.codes).toBeNull();
    expect(table.columns[2]?.texts).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  test('cells that are no numbers are counted and found', async () => {
    const { table } = await open([file('a.csv', 'x,y\n1,0\n,0\n\nabc,1\nNaN,1\n0x1g,1\n')]);
    expect(table.columns[0]).toMatchObject({
      missing: 2,
      bad: 2,
      odd: [
        { row: 1, text: '' },
        { row: 2, text: 'abc' },
        { row: 3, text: 'NaN' },
        { row: 4, text: '0x1g' },
      ],
    });
    expect([1, 2, 3].map(table.place)).toEqual(['row 3', 'row 5', 'row 6']);
  });

  test('rows that are too short or too long', async () => {
    const { table } = await open([file('a.csv', 'x,y\n1,2\n3\n4,5,6\n')]);
    expect([...table.flaws]).toEqual([
      [1, 'has 1 cell, but the header has 2'],
      [2, 'has 3 cells, but the header has 2'],
    ]);
  });
});

describe('arrays', () => {
  test('IDX, packed or not, one column a file', async () => {
    const images = idx([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
    const { source, table } = await open([
      file('t-labels-idx1', idx([3], [7, 0, 7])),
      file('t-images-idx3.gz', gzipped(images)),
    ]);
    expect(table.columns.map(({ name, shape, image, numbers }) => [name, shape, image, [...numbers]])).toEqual([
      ['t-images-idx3', [4], [2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]],
      ['t-labels-idx1', [], undefined, [7, 0, 7]],
    ]);
    expect(source).toMatchObject({ kind: 'arrays', files: [{ name: 't-images-idx3.gz' }, { name: 't-labels-idx1' }] });
  });

  test('the files of MNIST', async () => {
    const part = (name: string) => file(name, readFileSync(`public/data/mnist10k-${name}-ubyte.gz`));
    const { table } = await open([part('images-idx3'), part('labels-idx1')]);
    expect(table.rows).toBe(10_000);
    expect(table.columns.map(({ image }) => image)).toEqual([[28, 28], undefined]);
  });

  test.each([
    [9, [255], -1],
    [11, [255, 254], -2],
    [12, [0, 0, 1, 0], 256],
    [13, [0x3f, 0xc0, 0, 0], 1.5],
    [14, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
  ])('IDX of type %i', async (type, bytes, value) => {
    const { table } = await open([file('a.idx', idx([1], bytes, type))]);
    expect([...(table.columns[0]?.numbers ?? [])]).toEqual([value]);
  });

  test.each([
    ["'<f4'", Float32Array.of(1.5, -2)],
    ["'<f8'", Float64Array.of(1.5, -2)],
    ["'<f2'", Uint16Array.of(0x3e00, 0xc000)],
    ["'<i8'", BigInt64Array.of(3n, -2n)],
    ["'<i4'", Int32Array.of(3, -2)],
    ["'<u2'", Uint16Array.of(3, 65535)],
    ["'|i1'", Int8Array.of(3, -2)],
    ["'|b1'", Uint8Array.of(1, 0)],
    ["'>i2'", Uint8Array.of(0, 3, 0xff, 0xfe)],
  ])('npy of %s', async (descr, data) => {
    const { table } = await open([file('a.npy', npy(descr, [2], data))]);
    const wanted = { "'<f2'": [1.5, -2], "'<u2'": [3, 65535], "'|b1'": [1, 0] }[descr];
    const signed = descr.includes('f') ? [1.5, -2] : [3, -2];
    expect([...(table.columns[0]?.numbers ?? [])]).toEqual(wanted ?? signed);
  });

  test('npy in the order of Fortran, and of texts', async () => {
    const { table } = await open([
      file('a.npy', npy("'<f4'", [2, 3], Float32Array.of(1, 4, 2, 5, 3, 6), true)),
      file(
        'b.npy',
        npy(
          "'<U3'",
          [2],
          Uint32Array.from('catdog', (letter) => letter.charCodeAt(0)),
        ),
      ),
    ]);
    expect(content(table)).toEqual({ a: [1, 2, 3, 4, 5, 6], b: ['cat', 'dog'] });
  });

  test('npz', async () => {
    const data = zipped({
      'x.npy': npy("'<f4'", [2, 2], Float32Array.of(1, 2, 3, 4)),
      'y.npy': npy("'|u1'", [2], Uint8Array.of(0, 1)),
    });
    const { table, source } = await open([file('set.npz', data)]);
    expect(content(table)).toEqual({ x: [1, 2, 3, 4], y: [0, 1] });
    expect(source).toMatchObject({ kind: 'arrays', files: [{ name: 'set.npz' }] });
  });
});

describe('pictures', () => {
  const files = [
    ['cats/a.png', picture(2, 3, 10)],
    ['dogs/b.png', picture(4, 6, 250)],
    ['dogs/.DS_Store', Uint8Array.of(1)],
  ] as const;

  test('of a folder, with its folders as classes', async () => {
    const { source, table } = await open(files.map(([path, bytes]) => file(`pets/${path}`, bytes)));
    expect(source).toMatchObject({
      kind: 'pictures',
      file: { name: 'pets', files: 2, size: 6 },
      format: { height: 2, width: 3, channels: 1 },
    });
    const [pixels, classes] = table.columns;
    expect(pixels).toMatchObject({ shape: [6], image: [2, 3] });
    expect([...(pixels?.numbers ?? [])]).toEqual([...Array(6).fill(10), ...Array(6).fill(250)]);
    expect(classes?.texts).toEqual(['cats', 'dogs']);
    expect(table.place(1)).toBe('pets/dogs/b.png');
  });

  test('of a zip, in colour and of another size', async () => {
    const data = zipped(Object.fromEntries(files));
    const { table } = await open([file('pets.zip', data)], { pictures: { height: 1, width: 2, channels: 3 } });
    expect(table.columns[0]).toMatchObject({ shape: [3, 1, 2] });
    expect(table.rows).toBe(2);
  });

  test('that cannot be read are told, and do not end it', async () => {
    const { table } = await open([file('a/1.png', picture(1, 1, 5)), file('a/2.png', 'nonsense')]);
    expect([...table.flaws]).toEqual([[1, 'is no picture that can be read']]);
  });
});

describe('what was there before', () => {
  const again = async (text: string) => {
    const { source } = await open([file('iris.csv', IRIS)]);
    return openSource(source, async () => [file('other name.csv', text)], ports);
  };

  test('the same file is read again, whatever it is called', async () => {
    expect((await again(IRIS)).rows).toBe(3);
  });

  test('another one is refused', async () => {
    await expect(again(`${IRIS}1,2,setosa\n`)).rejects.toMatchObject({
      code: 'data/changed',
      message: expect.stringContaining('This is not the iris.csv that the data set was made from'),
    });
  });

  test('text, points and built-in sets need no file', async () => {
    const none = () => Promise.reject(new Error('asked for files'));
    const text = await openSource(
      { kind: 'text', text: 'a,b\n1,2', format: { delimiter: ',', header: true, decimal: '.' } },
      none,
      ports,
    );
    expect(content(text)).toEqual({ a: [1], b: [2] });
    const points = await openSource({ kind: 'points', points: [0, 1, 0, 0.5, -1, 1] }, none, ports);
    expect(content(points)).toEqual({ x: [0, 0.5], y: [1, -1], class: ['A', 'B'] });
    const builtIn = async () => ({
      columns: [
        { name: 'x', dtype: 'float32' as const, shape: [1] },
        { name: 'label', dtype: 'int32' as const, shape: [], classes: 2 },
      ],
      values: { x: Float32Array.of(1, 2), label: Int32Array.of(0, 1) },
    });
    expect(content(await openSource({ kind: 'built-in', name: 'line' }, none, { ...ports, builtIn }))).toEqual({
      x: [1, 2],
      label: [0, 1],
    });
  });
});

describe('what is wrong is told with its place', () => {
  const digits = idx([3, 2, 2], Array(12).fill(1));
  test.each([
    ['nothing', [], 'data/empty', 'There are no files'],
    ['an empty file', [file('a.csv', '')], 'data/empty', 'a.csv is empty'],
    ['a header alone', [file('a.csv', 'x,y,label\n')], 'data/empty', 'a.csv has no rows'],
    ['blank lines alone', [file('a.csv', '\n\n \n')], 'data/empty', 'a.csv is empty'],
    [
      'a quotation mark',
      [file('a.csv', 'x,y\n1,2\n3,"4\n5,6\n')],
      'data/row',
      'a.csv, row 3: a quotation mark is not closed',
    ],
    [
      'a program',
      [file('a.exe', Uint8Array.of(77, 90, 0, 3))],
      'data/file',
      'a.exe is of no format that is known. It begins with the bytes 4d 5a 00 03',
    ],
    [
      'gzip that is cut off',
      [file('a.csv.gz', gzipped(IRIS.repeat(999)).slice(0, 60))],
      'data/file',
      'a.csv.gz is cut off or damaged',
    ],
    [
      'gzip that is damaged',
      [file('a.csv.gz', gzipped(IRIS).fill(255, 12, 30))],
      'data/file',
      'a.csv.gz is cut off or damaged',
    ],
    [
      'a zip that is cut off',
      [file('a.zip', zipped({ 'a.csv': IRIS }).slice(0, 80))],
      'data/file',
      'a.zip is cut off or damaged',
    ],
    ['a zip of letters', [file('a.zip', zipped({ 'a.txt': 'a', 'b.txt': 'b' }))], 'data/file', 'a.zip holds 2 files'],
    ['an npz without arrays', [file('a.npz', zipped({}))], 'data/', 'a.npz holds'],
    [
      'IDX with another magic number',
      [file('train-images-idx3-ubyte', Uint8Array.of(1, 2, 3, 4, 5))],
      'data/file',
      'train-images-idx3-ubyte is no IDX file. It begins with the bytes 01 02 03 04',
    ],
    [
      'IDX that is cut off',
      [file('d', digits.slice(0, -2))],
      'data/file',
      'd is cut off. Its header promises 3 × 2 × 2 numbers, 12 bytes, but 10 follow',
    ],
    [
      'IDX that ends in its header',
      [file('d', digits.slice(0, 9))],
      'data/file',
      'd is cut off. It ends within its header',
    ],
    ['IDX that is too long', [file('d', Uint8Array.of(...digits, 0))], 'data/file', 'd is longer than its header says'],
    [
      'IDX of huge sizes',
      [file('d', idx([4294967295, 4294967295], [1]))],
      'data/file',
      'd is cut off. Its header promises 4,294,967,295 × 4,294,967,295',
    ],
    ['IDX without rows', [file('d', idx([0, 2], []))], 'data/empty', 'd has no rows'],
    [
      'arrays of other lengths',
      [file('a', idx([2], [1, 2])), file('b', idx([3], [1, 2, 3]))],
      'data/row',
      '“a” has 2 rows, but “b” has 3',
    ],
    ['npy of objects', [file('a.npy', npy("'|O'", [1], Uint8Array.of(1)))], 'data/file', 'a.npy holds Python objects'],
    [
      'npy of structures',
      [file('a.npy', npy("[('x', '<f4')]", [1], Uint8Array.of(1)))],
      'data/file',
      'a.npy holds records of several fields',
    ],
    [
      'npy of complex numbers',
      [file('a.npy', npy("'<c8'", [1], new Uint8Array(8)))],
      'data/file',
      'a.npy holds complex numbers',
    ],
    ['npy that is cut off', [file('a.npy', npy("'<f4'", [9], Float32Array.of(1)))], 'data/file', 'a.npy is cut off'],
    ['npy that is none', [file('a.npy', 'hello')], 'data/file', 'a.npy is no .npy file'],
    [
      'npy of one number',
      [file('a.npy', npy("'<f4'", [], Float32Array.of(1)))],
      'data/empty',
      'a.npy is a single number',
    ],
    ['two tables', [file('a.csv', IRIS), file('b.csv', IRIS)], 'data/file', '2 files are no single data set'],
  ])('%s', async (_, inputs, code, message) => {
    await expect(open(inputs)).rejects.toMatchObject({
      code: expect.stringContaining(code),
      message: expect.stringContaining(message),
    });
  });
});
