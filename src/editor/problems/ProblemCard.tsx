import type { Diagnostic, Evidence, Fix } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';
import { applyFix } from '../commands/fixes.ts';
import { showProblem } from '../commands/view.ts';
import { RewindButton } from '../diverged/RewindButton.tsx';
import { isNarrow } from '../shell/use-narrow.ts';
import { editor } from '../store/editor.ts';
import { useNode } from '../store/hooks.ts';
import { NO_PANELS } from '../store/ui-store.ts';
import { Button, Tip } from '../widgets/Button.tsx';
import { SeverityMark } from '../widgets/SeverityMark.tsx';

/** One problem: what is wrong, why, the evidence, and ways out of it. */
export function ProblemCard({ problem }: { readonly problem: Diagnostic }) {
  const { place } = problem;
  return (
    <article aria-label={problem.title} className="rounded-lg border border-line p-2.5" data-code={problem.code}>
      <div className="flex gap-2">
        <span className="pt-1">
          <SeverityMark severity={problem.severity} />
        </span>
        <div className="min-w-0 flex-1">
          <h3 className="break-words font-medium">
            {place.node ? (
              <button type="button" className="text-left hover:underline" onClick={() => jumpTo(problem)}>
                {problem.title}
              </button>
            ) : (
              problem.title
            )}
          </h3>
          <p className="break-words text-muted">{problem.cause}</p>
          {problem.evidence.length > 0 && (
            <ul className="mt-1.5 border-line border-l-2 pl-2 text-sm">
              {problem.evidence.map((evidence) => (
                <EvidenceLine key={evidence.label + evidence.text} evidence={evidence} problem={problem} />
              ))}
            </ul>
          )}
          {(problem.fixes.length > 0 || problem.code === 'runtime/diverged') && (
            <div className="mt-2 flex flex-wrap gap-1.5">
              <RewindButton problem={problem} />
              {problem.fixes.map((fix) => (
                <FixButton key={fix.label} fix={fix} />
              ))}
            </div>
          )}
          <code className="mt-1.5 block font-mono text-faint text-xs">{problem.code}</code>
        </div>
      </div>
    </article>
  );
}

function EvidenceLine({ evidence, problem }: { readonly evidence: Evidence; readonly problem: Diagnostic }) {
  const node = useNode(evidence.node ?? '');
  const text = (
    <>
      <span className="text-faint">{evidence.label}: </span>
      <span className="break-words font-mono text-muted">{evidence.text}</span>
    </>
  );
  if (!node) return <li>{text}</li>;
  return (
    <li>
      <button
        type="button"
        className="min-h-6 text-left hover:underline"
        title={`Show ${node.name}`}
        onClick={() => jumpTo(problem, node.id)}
      >
        {text}
      </button>
    </li>
  );
}

function FixButton({ fix }: { readonly fix: Fix }) {
  const safe = fix.safety === 'safe';
  return (
    <Tip text={safe ? 'Keeps the meaning you most likely had' : 'A guess: look at the result, undo takes it back'}>
      <Button className="max-w-full" onClick={() => void applyFix.run(editor, { fix })}>
        <span className="truncate">{fix.label}</span>
        <span className="text-faint text-xs">{fix.safety}</span>
      </Button>
    </Tip>
  );
}

function jumpTo(problem: Diagnostic, node?: NodeId) {
  if (isNarrow()) editor.ui.set({ panels: NO_PANELS });
  void showProblem.run(editor, { problem, node });
}
