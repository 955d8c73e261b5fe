/** The report: as a table for people, as JSON for the record. */

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bar } from './bars.ts';
import { type Measurement, median } from './measure.ts';
import type { ModelName } from './page/contract.ts';

export interface Row extends Measurement {
  readonly model: ModelName;
  /** Why there are no figures. */
  readonly cannot?: string;
  readonly fallbackNodes?: number;
  /** Milliseconds a step while all visible nodes are watched. */
  readonly watchingRounds?: number[];
  /** What was run, where that is not plain from the contender. */
  readonly note?: string;
}

export interface Report {
  readonly date: string;
  readonly browser: string;
  readonly adapter: string;
  readonly processor: string;
  /** Pages had SharedArrayBuffer. */
  readonly isolated: boolean;
  readonly node: string;
  readonly rows: readonly Row[];
  readonly bars: readonly Bar[];
}

export function processor(): string {
  return `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}`;
}

export async function writeReport(report: Report): Promise<string> {
  const folder = fileURLToPath(new URL('./results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  const path = `${folder}${report.date.replace(/[:.]/g, '-')}.json`;
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

export function printReport(report: Report): void {
  console.log(
    `\n${report.browser}, WebGPU adapter ${report.adapter}, ${report.processor}, ${report.isolated ? 'pages isolated from other origins' : 'wasm on 1 thread'}`,
  );
  console.log('Times are medians and only comparable within this run; counts are exact, one step each.\n');
  console.log(table([HEADER, ...report.rows.map((row) => cells(row, report.rows))]));
  const bars = report.bars.map(({ text, value, verdict }) => [verdict, text, value === null ? '-' : figure(value)]);
  console.log(`\n${table([['bar', '', 'measured'], ...bars])}`);
}

const HEADER = [
  'model',
  'backend',
  'contender',
  'ms/step',
  'min-max',
  'vs Wiregrad',
  'dispatches',
  'submits',
  'uploads',
  'bytes',
  'read-backs',
  'fallback',
  '',
];

function cells(row: Row, rows: readonly Row[]): string[] {
  const { model, backend, contender, counts } = row;
  if (row.cannot !== undefined) return [model, backend, contender, 'cannot', ...Array(8).fill(''), row.cannot];
  const ms = median(row.rounds);
  const own = rows.find((other) => other.model === model && other.contender === 'Wiregrad' && sameGround(other, row));
  return [
    model,
    backend,
    contender,
    figure(ms),
    `${figure(Math.min(...row.rounds))}-${figure(Math.max(...row.rounds))}`,
    own?.rounds.length ? `${figure(ms / median(own.rounds))}x` : '-',
    ...(counts
      ? [counts.dispatches, counts.submits, counts.uploads, counts.uploadBytes, counts.readBacks].map(figure)
      : Array(5).fill('')),
    row.fallbackNodes === undefined ? '' : String(row.fallbackNodes),
    row.note ?? '',
  ];
}

/** Native rows are compared with the wasm ones. */
function sameGround(own: Row, row: Row): boolean {
  return own.backend === (row.backend === 'native' ? 'wasm' : row.backend);
}

function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
