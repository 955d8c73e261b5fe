import { ListTree, Workflow } from 'lucide-react';
import { mainView, toggleOutline } from '../commands/outline.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import type { MainView } from '../store/types.ts';
import { IconButton } from '../widgets/Button.tsx';
import { MenuChoices } from '../widgets/Menu.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';

/** Between drawing and outline. */
export function OutlineSwitch({ narrow }: { readonly narrow: boolean }) {
  const view = useUi((state) => mainView(state, narrow));
  const toCanvas = view === 'outline' || !narrow;
  const label = narrow ? (toCanvas ? 'Show the canvas' : 'Show the outline') : 'Outline';
  return (
    <IconButton
      label={label}
      shortcut={shortcutOf(toggleOutline)}
      aria-pressed={narrow ? undefined : view !== 'canvas'}
      className="aria-pressed:bg-panel-2 aria-pressed:text-ink"
      onClick={() => void toggleOutline.run(editor)}
    >
      {narrow && toCanvas ? <Workflow size={16} /> : <ListTree size={16} />}
    </IconButton>
  );
}

const BOTH = { value: 'both', label: 'Outline beside the canvas' } as const;
const ONE = [
  { value: 'canvas', label: 'Canvas' },
  { value: 'outline', label: 'Outline' },
] as const;

export function ViewChoices({ narrow }: { readonly narrow: boolean }) {
  const view = useUi((state) => mainView(state, narrow));
  return (
    <MenuChoices<MainView>
      label="Show"
      value={view}
      choices={narrow ? ONE : [...ONE, BOTH]}
      onChange={(next) => editor.ui.set({ view: next })}
    />
  );
}
