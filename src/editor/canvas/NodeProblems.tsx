import type { Diagnostic } from '../../compiler/diagnostics.ts';
import { applyFix } from '../commands/fixes.ts';
import { showProblem } from '../commands/view.ts';
import { editor } from '../store/editor.ts';

/** What is wrong with a node, below it: the first problem with where its sizes came from, and what can be done. */
export function NodeProblems({ problems }: { readonly problems: readonly Diagnostic[] }) {
  const [first, ...others] = problems;
  if (!first) return null;
  return (
    <div className="node-problem nodrag nopan nowheel" data-severity={first.severity}>
      <p className="node-problem-title">{first.title}</p>
      {first.evidence.length > 0 && (
        <dl>
          {first.evidence.map(({ label, text, node }) => (
            <div key={label + text}>
              <dt>{label}</dt>
              <dd>
                {node ? (
                  <button
                    type="button"
                    className="node-problem-link"
                    onClick={() => void showProblem.run(editor, { problem: first, node })}
                  >
                    {text}
                  </button>
                ) : (
                  text
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {first.fixes.length > 0 && (
        <div className="node-problem-fixes">
          {first.fixes.map((fix) => (
            <button
              key={fix.label}
              type="button"
              data-safety={fix.safety}
              title={fix.safety === 'safe' ? 'Keeps the meaning you most likely had' : 'A guess: look at the result'}
              onClick={() => void applyFix.run(editor, { fix })}
            >
              {fix.label}
            </button>
          ))}
        </div>
      )}
      {others.length > 0 && (
        <button type="button" className="node-problem-link" onClick={() => editor.ui.showTab('problems')}>
          and {others.length} more
        </button>
      )}
    </div>
  );
}
