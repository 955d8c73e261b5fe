/** Large files of data, made for measurements. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';

/** A table of at least so many bytes: ten columns of numbers and one of four classes. */
export function writeTable(path: string, bytes: number): number {
  const file = openSync(path, 'w');
  let written = writeSync(file, `${Array.from({ length: 10 }, (_, at) => `x${at}`).join(',')},kind\n`);
  let rows = 0;
  const kinds = ['north', 'east', 'south', 'west'];
  while (written < bytes) {
    const lines: string[] = [];
    for (let at = 0; at < 5000; at++, rows++) {
      const cells = Array.from({ length: 10 }, (_, column) => (Math.sin(rows * (column + 1)) * 100).toFixed(5));
      lines.push(`${cells.join(',')},${kinds[rows % 4]}\n`);
    }
    written += writeSync(file, lines.join(''));
  }
  closeSync(file);
  return rows;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, check]);
}

/** A grey picture of this side as PNG. */
export function png(side: number, seed: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(8, 8);
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) rows[y * (side + 1) + x + 1] = (seed * 31 + x * y) % 256;
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

const CLASSES = 10;
const pathOf = (at: number) => `${at % CLASSES}/${String(at).padStart(6, '0')}.png`;

/** Pictures in a folder for each of ten classes. */
export function writeArchive(path: string, count: number): void {
  const files = Object.fromEntries(Array.from({ length: count }, (_, at) => [pathOf(at), png(28, at)] as const));
  writeFileSync(path, zipSync(files, { level: 0 }));
}
