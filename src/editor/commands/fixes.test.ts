/** What a fix promises: the problem it is offered for is gone afterwards, and no new error of the same node takes its place. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import type { Diagnostic, Fix } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { parseDocument } from '../../compiler/document-parse.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { applyFix } from './fixes.ts';

const SAMPLES = new URL('../../compiler/samples/', import.meta.url);

function offered(name: string): (readonly [string, GraphDocument, Diagnostic, Fix])[] {
  const { document } = parseDocument(readFileSync(new URL(`${name}/graph.json`, SAMPLES), 'utf8'));
  if (!document) return [];
  return check(document, registry).diagnostics.flatMap((found) =>
    found.fixes.map((fix) => [`${name}, ${found.title}: ${fix.label}`, document, found, fix] as const),
  );
}

const fixes = readdirSync(SAMPLES)
  .filter((name) => name.startsWith('error-') || name.startsWith('warning-'))
  .flatMap(offered);

const sameProblem = (found: Diagnostic) => JSON.stringify([found.code, found.title]);

test('the samples offer fixes of every kind', () => {
  const kinds = new Set(fixes.flatMap(([, , , { edits }]) => edits.map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual([
    'clear-flags',
    'insert-on-wire',
    'move-wire',
    'remove-attribute',
    'remove-edge',
    'remove-node',
    'rename',
    'set-attribute',
    'set-operator',
    'swap-inputs',
  ]);
});

test.each(fixes)('%s', (_, document, problem, fix) => {
  const editor = createEditor({ registry, check, document });
  applyFix.run(editor, { fix });
  const after = check(editor.document.getState().document, registry).diagnostics;
  expect(after.map(sameProblem)).not.toContain(sameProblem(problem));
  if (fix.safety === 'safe') {
    const before = check(document, registry).diagnostics.map(sameProblem);
    const fresh = after.filter((found) => found.severity === 'error' && !before.includes(sameProblem(found)));
    // What was hidden behind the problem may show now, but at the node of the problem only a missing wire may.
    expect(
      fresh.filter(({ code, place }) => place.node === problem.place.node && code !== 'graph/missing-input'),
    ).toEqual([]);
  }
});
