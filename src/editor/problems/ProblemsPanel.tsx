import { useDiagnostics } from '../store/hooks.ts';
import { groupProblems } from './group.ts';
import { ProblemCard } from './ProblemCard.tsx';

/** Everything that is wrong with the document or its training, worst first. */
export function ProblemsPanel() {
  const problems = useDiagnostics();
  const groups = groupProblems(problems);
  return (
    <div className="flex flex-col gap-4 p-3">
      {groups.length === 0 && (
        <div className="px-1 py-6 text-center text-muted">
          <p className="font-medium text-ink">No problems</p>
          <p>The graph can be trained as it is.</p>
        </div>
      )}
      {groups.map((group) => (
        <section key={group.severity} aria-labelledby={`problems-${group.severity}`}>
          <h2 id={`problems-${group.severity}`} className="label-caps px-1 pb-1">
            {group.title} {group.problems.length}
          </h2>
          <ul className="flex flex-col gap-2">
            {group.problems.map((problem) => (
              <li key={JSON.stringify([problem.code, problem.place, problem.title])}>
                <ProblemCard problem={problem} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
