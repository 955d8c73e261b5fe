import { useStore } from 'zustand/react';
import type { NodeId } from '../../compiler/document.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { gradientChecks, useGradientCheck } from '../check/check-store.ts';
import { checkGradients } from '../check/commands.ts';
import { Verdict } from '../check/Verdict.tsx';
import { explainGradient } from '../explain/commands.ts';
import { canExplain, explainHere } from '../explain/explain-store.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useOutputPorts } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatFigure } from '../widgets/format.ts';
import { shortcutOf } from '../widgets/shortcut.ts';
import { Section } from './Section.tsx';

/** Explains the gradient of a node, and checks that of a parameter. Nothing where the cost has none. */
export function GradientTools({ id, record }: { readonly id: NodeId; readonly record: OpRecord }) {
  const [port] = useOutputPorts(id);
  // Wires decide.
  const offered = useDocumentState(() => port !== undefined && canExplain(editor, id, port));
  const running = useStore(gradientChecks, (state) => state.running);
  const found = useGradientCheck(id);
  if (!offered || port === undefined) return null;
  return (
    <Section>
      <div className="flex flex-wrap gap-2">
        <Button title={`Shortcut: ${shortcutOf(explainGradient)}`} onClick={() => explainHere(editor, id, port)}>
          <span aria-hidden="true" className="font-serif text-backward italic">
            ∂
          </span>
          Explain this gradient
        </Button>
        {record.kind === 'parameter' && (
          <Button disabled={running} onClick={() => void checkGradients.run(editor)}>
            {running ? 'Checking…' : 'Check gradient'}
          </Button>
        )}
      </div>
      {found && (
        <p className="mt-1.5 text-muted">
          <Verdict verdict={found.verdict} />, largest relative error {formatFigure(found.error, 2)}{' '}
          <button type="button" className="min-h-6 underline" onClick={() => gradientChecks.setState({ open: true })}>
            Details
          </button>
        </p>
      )}
    </Section>
  );
}
