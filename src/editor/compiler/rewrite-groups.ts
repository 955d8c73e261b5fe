/** Every rewrite rule with where it was applied. */
import { REWRITE_NAMES, type RewriteReport } from '../../compiler/report.ts';

type Family = keyof typeof REWRITE_NAMES;

export interface RuleGroup {
  readonly rule: string;
  /** Applications. */
  readonly count: number;
  /** By when they took place, in order. */
  readonly stages: readonly { readonly stage: RewriteReport['stage']; readonly steps: readonly RewriteReport[] }[];
}

export interface FamilyGroup {
  readonly family: Family;
  readonly title: string;
  readonly about: string;
  readonly rules: readonly RuleGroup[];
}

const FAMILIES: readonly (readonly [Family, string, string])[] = [
  ['stabilize', 'Stable forms', 'Before differentiation: expressions become ones that stay accurate and finite.'],
  ['simplify', 'Simplifications', 'After differentiation, and again for kernels: same values with less to compute.'],
  ['fuse', 'Fusions', 'For kernels: several operators become one.'],
];

const STAGES = ['before differentiation', 'after differentiation', 'kernels'] as const;

function ruleGroup(rule: string, rewrites: readonly RewriteReport[]): RuleGroup {
  const own = rewrites.filter((step) => step.rule === rule);
  const stages = STAGES.map((stage) => ({ stage, steps: own.filter((step) => step.stage === stage) }));
  return {
    rule,
    count: own.reduce((sum, { count }) => sum + count, 0),
    stages: stages.filter(({ steps }) => steps.length > 0),
  };
}

/** All rules, whether they were applied or not. */
export function rewriteGroups(rewrites: readonly RewriteReport[]): FamilyGroup[] {
  return FAMILIES.map(([family, title, about]) => ({
    family,
    title,
    about,
    rules: REWRITE_NAMES[family].map((rule) => ruleGroup(rule, rewrites)),
  }));
}
