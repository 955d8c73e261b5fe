import type { Diagnostic, Severity } from '../../compiler/diagnostics.ts';

export interface ProblemGroup {
  readonly severity: Severity;
  readonly title: string;
  readonly problems: readonly Diagnostic[];
}

const TITLES: readonly (readonly [Severity, string, string])[] = [
  ['error', 'Error', 'Errors'],
  ['warning', 'Warning', 'Warnings'],
  ['notice', 'Notice', 'Notices'],
];

/** Worst first, empty groups left out. */
export function groupProblems(problems: readonly Diagnostic[]): ProblemGroup[] {
  return TITLES.map(([severity, one, many]) => {
    const members = problems.filter((problem) => problem.severity === severity);
    return { severity, title: members.length === 1 ? one : many, problems: members };
  }).filter((group) => group.problems.length > 0);
}
