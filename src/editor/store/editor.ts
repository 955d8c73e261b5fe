/** The editor of the page. */
import type { GraphDocument } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { CheckResult } from '../../compiler/result.ts';
import { createEditor } from './create-editor.ts';

const [nodes] = Object.values(import.meta.glob('../../nodes/registry.ts', { eager: true })) as { registry: Registry }[];
const [compiler] = Object.values(import.meta.glob('../../compiler/compile.ts', { eager: true })) as {
  check: (document: GraphDocument, registry: Registry) => CheckResult;
}[];
const NOTHING: CheckResult = { diagnostics: [], types: new Map(), blocked: new Set(), cost: null, updates: new Map() };

export const editor = createEditor({
  registry: nodes?.registry ?? new Map(),
  check: compiler?.check ?? (() => NOTHING),
  storage: typeof localStorage === 'undefined' ? null : localStorage,
});
