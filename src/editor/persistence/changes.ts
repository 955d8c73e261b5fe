/**
 * What an edit changed, as a list small enough to be written at every edit. Found by identity: a document shares with
 * the one before it whatever the edit did not touch.
 */
import type { GraphDocument } from '../../compiler/document.ts';

/** A place in the document and what is there now; without a value, nothing is. */
export type Change = readonly [path: readonly string[], value?: unknown];

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function collect(before: unknown, after: unknown, path: readonly string[], found: Change[]) {
  if (before === after) return;
  if (!isObject(before) || !isObject(after)) {
    found.push([path, after]);
    return;
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) found.push([[...path, key]]);
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key)) collect(before[key], value, [...path, key], found);
    else found.push([[...path, key], value]);
  }
}

export function changesBetween(before: GraphDocument, after: GraphDocument): readonly Change[] {
  const found: Change[] = [];
  collect(before, after, [], found);
  return found;
}

function changed(target: unknown, path: readonly string[], change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change[1];
  const old: Json = isObject(target) ? target : {};
  if (rest.length > 0 || change.length === 2) return { ...old, [key]: changed(old[key], rest, change) };
  return Object.fromEntries(Object.entries(old).filter(([name]) => name !== key));
}

export function applyChanges(document: GraphDocument, changes: readonly Change[]): GraphDocument {
  return changes.reduce<unknown>((value, change) => changed(value, change[0], change), document) as GraphDocument;
}
