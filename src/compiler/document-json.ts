/** Reading JSON of which nothing is known: what has another form ends with the path of the place. */
import type { DiagnosticCode } from './diagnostics.ts';

/** Ends parsing with a diagnostic that names the place as a JSON path. */
export class Malformed extends Error {
  readonly code: DiagnosticCode;
  readonly cause_: string;
  constructor(code: DiagnosticCode, title: string, cause: string) {
    super(title);
    this.code = code;
    this.cause_ = cause;
  }
}

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function malformed(path: string, wanted: string, value: unknown): never {
  const seen = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
  throw new Malformed('document/malformed', `${path} is not ${wanted}`, `It is ${seen}.`);
}

export function object(value: unknown, path: string): Json {
  return isObject(value) ? value : malformed(path, 'an object', value);
}

export function text(value: unknown, path: string): string {
  return typeof value === 'string' ? value : malformed(path, 'text', value);
}

export function finite(value: unknown, path: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : malformed(path, 'a number', value);
}

export function flag(value: unknown, path: string): boolean {
  return value === undefined || typeof value === 'boolean' ? value === true : malformed(path, 'true or false', value);
}

export function map<T>(
  value: unknown,
  path: string,
  parse: (item: unknown, path: string, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(object(value, path)).map(([key, item]) => [key, parse(item, `${path}.${key}`, key)]),
  );
}
