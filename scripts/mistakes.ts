/** Mistakes as drawings, and what has to be said of each. */
import { expect, test } from 'vitest';
import { check, compile } from '../src/compiler/compile.ts';
import type { Severity } from '../src/compiler/diagnostics.ts';
import type { LanguageOptions } from '../src/compiler/document.ts';
import { registry } from '../src/nodes/registry.ts';
import { drawing } from './drawing.ts';

export type DrawnNode = Parameters<typeof drawing>[0][string];

export interface Bug {
  /** What was written. */
  readonly of: string;
  readonly graph: Readonly<Record<string, DrawnNode>>;
  readonly options?: Partial<LanguageOptions>;
  /** The one thing that is said, besides what is not listed here because it is a notice. */
  readonly title: string;
  readonly code: string;
  readonly severity?: Severity;
  readonly fixes?: readonly string[];
  /** Nodes that wait for it. */
  readonly blocked?: readonly string[];
}

export const data: Readonly<Record<string, DrawnNode>> = { digits: ['Data'] };
export const W: DrawnNode = ['Parameter', {}, { shape: [64, 10] }];
export const b: DrawnNode = ['Parameter', {}, { shape: [10] }];
export const scores: Readonly<Record<string, DrawnNode>> = {
  ...data,
  W,
  b,
  scores: ['Gemm', { a: 'digits:x', b: 'W', c: 'b' }],
};
export const probabilities: Readonly<Record<string, DrawnNode>> = { ...scores, p: ['Softmax', { x: 'scores' }] };
export const loss: DrawnNode = ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }];
export const sgd: DrawnNode = ['SGD', { cost: 'loss' }];
export const oneHot: DrawnNode = ['OneHot', { indices: 'digits:y' }, { depth: 10 }];

/** A test for each: one thing is said, by name, with what mends it; only errors stop compilation. */
export function describeBugs(bugs: readonly Bug[]): void {
  test.each(bugs)('$of', ({ graph, options, code, title, severity = 'error', fixes, blocked }) => {
    const document = drawing(graph, { options });
    const result = check(document, registry);
    const said = result.diagnostics.filter((found) => found.severity !== 'notice' && found.code !== 'data/none');
    expect(said.map((found) => [found.severity, found.code, found.title])).toEqual([[severity, code, title]]);
    if (fixes) expect(said[0]?.fixes.map(({ label }) => label)).toEqual(fixes);
    if (blocked) expect([...result.blocked]).toEqual(blocked);
    expect(compile(document, registry).plan === null).toBe(severity === 'error');
  });
}
