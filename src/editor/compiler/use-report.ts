/** The compiler's report of the drawing, computed while somebody looks at it. */
import { useEffect, useRef, useState } from 'react';
import { type CompileReport, compileReport } from '../../compiler/report.ts';
import { editor } from '../store/editor.ts';
import { useWhole } from '../store/hooks.ts';

export type Reported =
  | { readonly state: 'pending' }
  /** Nothing was compiled: errors stand in the way, or there is nothing to train. */
  | { readonly state: 'errors' | 'nothing' }
  | { readonly state: 'done'; readonly report: CompileReport };

/** After an edit, until typing pauses. */
const PAUSE_MS = 150;

function reportNow(): Reported {
  const { document, check } = editor.whole.getState();
  if (check.diagnostics.some(({ severity }) => severity === 'error')) return { state: 'errors' };
  const report = compileReport(document, editor.registry);
  return report ? { state: 'done', report } : { state: 'nothing' };
}

export function useReport(): Reported {
  const graph = useWhole((state) => state.document.graph);
  const [reported, setReported] = useState<Reported>({ state: 'pending' });
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph is what a new report is for
  useEffect(() => {
    const timer = setTimeout(() => setReported(reportNow()), first.current ? 0 : PAUSE_MS);
    first.current = false;
    return () => clearTimeout(timer);
  }, [graph]);
  return reported;
}
