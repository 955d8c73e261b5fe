import katex from 'katex';
import { useMemo } from 'react';
import { Scroller } from './Scroller.tsx';

interface FormulaProps {
  /** LaTeX from an operator's record; never text from a document. */
  readonly tex: string;
  readonly className?: string;
}

/** Mathematics, with MathML for screen readers. */
export function Formula({ tex, className = '' }: FormulaProps) {
  const html = useMemo(() => katex.renderToString(tex, { throwOnError: false, output: 'htmlAndMathml' }), [tex]);
  return (
    <Scroller label="Formula" className={`py-1 ${className}`}>
      <span
        // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX escapes its input, and the input is ours
        dangerouslySetInnerHTML={{ __html: html }}
      />
    </Scroller>
  );
}
