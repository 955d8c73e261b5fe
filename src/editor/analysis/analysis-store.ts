/** The panel that looks into a run, and which of its tabs is open. */
import { createStore } from 'zustand/vanilla';
import { isNarrow } from '../shell/use-narrow.ts';
import type { Editor } from '../store/create-editor.ts';
import { NO_PANELS } from '../store/ui-store.ts';

export const ANALYSIS_TABS = ['breakpoints', 'results', 'evaluate', 'surface', 'time'] as const;
export type AnalysisTab = (typeof ANALYSIS_TABS)[number];

export const analysis = createStore<{ readonly tab: AnalysisTab }>(() => ({ tab: 'breakpoints' }));

/** In small windows one panel lies over the others; in large ones it takes the place of the compiler's. */
export function showAnalysis(editor: Editor, tab: AnalysisTab): void {
  analysis.setState({ tab });
  const { panels } = editor.ui.getState();
  editor.ui.set({ panels: { ...(isNarrow() ? NO_PANELS : panels), compiler: false, analysis: true } });
}
