import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { parseDocument } from './document-parse.ts';
import { compileReport } from './report.ts';

function reportOf(name: string) {
  const { document } = parseDocument(readFileSync(`examples/${name}.json`, 'utf8'));
  const report = document && compileReport(document, registry);
  if (!report) throw new Error(`${name} has no report`);
  return report;
}

const PHASES = ['resolve', 'types', 'differentiate', 'rewrite', 'lower', 'kernels', 'plan'];

test('each phase goes on from the text of the one before', () => {
  const { phases } = reportOf('digits-mlp');
  expect(phases.map(({ phase }) => phase)).toEqual(PHASES);
  const functions = phases.filter(({ equations }) => equations !== null);
  for (const [at, { before, equations, count }] of functions.entries()) {
    expect(before).toBe(phases[at]?.text);
    expect(Object.values(equations ?? {}).reduce((sum, number) => sum + number, 0)).toBe(count);
  }
  for (const { summary, changes, canvas } of phases) {
    for (const sentence of [summary, changes, canvas]) expect(sentence).toMatch(/^[A-Z0-9].*\.$/s);
  }
});

test('the texts say what a phase is about', () => {
  const [resolve, types, differentiate, , , , plan] = reportOf('line-fit').phases;
  expect(resolve?.text).toContain('product = Mul(a: points.x, b: slope.value)');
  expect(resolve?.text).toContain('slope = Parameter() {initializer=constant, value=-1}');
  expect(types?.equations).toEqual({ forward: 3, backward: 0, update: 0 });
  expect(types?.canvas).toContain('2 shapes are stretched');
  expect(types?.text).toContain('= Mul(%0, %2) ; product forward');
  expect(types?.text).toContain('return loss %6');
  expect(differentiate?.changes).toBe('3 equations before, 16 equations after.');
  expect(differentiate?.canvas).toContain('Backward shows 3 derived nodes, Update 2.');
  expect(plan?.text).toContain('f32[1] = state slope: all -1');
  expect(plan?.text).toContain('slope_next: f32[1] (state)');
});

test('a drawing with updates alone has a report, one that changes nothing has none', () => {
  const document = drawing({
    w: ['Parameter', { update: 'next' }, { shape: [2] }],
    half: ['Constant', {}, { values: [0.5] }],
    next: ['Mul', { a: 'w', b: 'half' }],
  });
  const report = compileReport(document, registry);
  expect(report?.phases.map(({ phase }) => phase)).toEqual(PHASES);
  expect(report?.phases[1]?.text).not.toContain('return state');
  const { w, half, next } = document.graph.nodes;
  const still = { ...document, graph: { ...document.graph, nodes: { w, half, next }, edges: {} } } as typeof document;
  expect(compileReport(still, registry)).toBeNull();
});
