import { expect, test } from 'vitest';
import { REWRITE_NAMES, type RewriteReport } from '../../compiler/report.ts';
import { rewriteGroups } from './rewrite-groups.ts';

const [rule = ''] = REWRITE_NAMES.simplify;
const step = (stage: RewriteReport['stage'], count: number): RewriteReport => ({
  stage,
  rule,
  node: 'n',
  role: 'forward',
  before: 'Neg(Neg(a))',
  after: 'a',
  count,
});

test('every rule has a place, whether it was applied or not', () => {
  const rules = rewriteGroups([]).flatMap((group) => group.rules.map((each) => each.rule));
  expect(rules).toEqual([...REWRITE_NAMES.stabilize, ...REWRITE_NAMES.simplify, ...REWRITE_NAMES.fuse]);
});

test('applications are counted, and told by when they took place', () => {
  const groups = rewriteGroups([step('kernels', 3), step('after differentiation', 2)]);
  const found = groups.flatMap((group) => group.rules).find((each) => each.rule === rule);
  expect(found).toMatchObject({ count: 5, stages: [{ stage: 'after differentiation' }, { stage: 'kernels' }] });
});
