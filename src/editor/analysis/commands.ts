import { showBreakpoints } from '../breakpoints/commands.ts';
import { always, type Command } from '../commands/command.ts';
import { type AnalysisTab, showAnalysis } from './analysis-store.ts';

function show(tab: AnalysisTab, label: string): Command {
  return {
    id: `analysis.${tab}`,
    label,
    group: 'View',
    enabled: always,
    run: (editor) => showAnalysis(editor, tab),
  };
}

export const analysisCommands: readonly Command[] = [
  showBreakpoints,
  show('results', 'Results: what the model says of rows'),
  show('evaluate', 'Evaluate a wire with values of your own'),
  show('surface', 'Loss surface'),
  show('time', 'Where time goes'),
];
