/** Whether the graph is seen as a drawing, as an outline, or both. */
import { isNarrow } from '../shell/use-narrow.ts';
import type { MainView, UiState } from '../store/types.ts';
import { always, type Command } from './command.ts';

/** What is shown in a window of this size. */
export function mainView({ view }: Pick<UiState, 'view'>, narrow: boolean): MainView {
  if (narrow) return view === 'canvas' ? 'canvas' : 'outline';
  return view ?? 'canvas';
}

function show(view: MainView, label: string): Command {
  return {
    id: `view.show-${view}`,
    label,
    group: 'View',
    enabled: always,
    run: (editor) => editor.ui.set({ view }),
  };
}

export const showCanvas = show('canvas', 'Canvas alone');
export const showOutline = show('outline', 'Outline alone');
export const showBoth = show('both', 'Outline beside the canvas');

/** Small windows have room for one of the two. */
export const toggleOutline: Command = {
  id: 'view.outline',
  label: 'Outline',
  group: 'View',
  shortcuts: ['O'],
  enabled: always,
  run(editor) {
    const narrow = isNarrow();
    const now = mainView(editor.ui.getState(), narrow);
    editor.ui.set({ view: now === 'canvas' ? (narrow ? 'outline' : 'both') : 'canvas' });
  },
};
