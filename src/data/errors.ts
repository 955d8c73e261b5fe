import type { DiagnosticCode, Report } from '../compiler/diagnostics.ts';

type DataCode = Extract<DiagnosticCode, `data/${string}`>;

/** What is wrong with data, for the user: the title names the file, and the row and the column where it is one. */
export class DataError extends Error {
  readonly code: DataCode;
  readonly report: Report;

  constructor(code: DataCode, report: Report) {
    super(report.cause ? `${report.title}. ${report.cause}` : report.title);
    this.name = 'DataError';
    this.code = code;
    this.report = report;
  }
}

export function fail(code: DataCode, title: string, cause?: string, evidence: Report['evidence'] = []): never {
  throw new DataError(code, { title, evidence, ...(cause !== undefined && { cause }) });
}
