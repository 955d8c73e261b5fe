import { Binary, Keyboard, Settings2 } from 'lucide-react';
import { useStore } from 'zustand/react';
import { choosePointer, toggleMinimap, toggleSnapGrid, toggleSnapNodes } from '../commands/canvas-settings.ts';
import { showShortcuts, toggleCompiler } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Menu, MenuCheck, MenuChoices, MenuCommand, MenuLabel, MenuLine } from '../widgets/Menu.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { BackendMenu } from './BackendBadge.tsx';
import { ViewChoices } from './OutlineSwitch.tsx';

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

const POINTERS = [
  { value: 'trackpad', label: 'Pans (trackpad)', hint: 'Ctrl zooms' },
  { value: 'mouse', label: 'Zooms (mouse)' },
] as const;

/** Theme, motion and panels; in small windows also what the top bar has no room for. */
export function ViewMenu({ narrow }: { readonly narrow: boolean }) {
  const canvas = useStore(editor.canvas);
  const theme = useUi((state) => state.theme);
  const motion = useUi((state) => state.motion);
  const panels = useUi((state) => state.panels);
  return (
    <Menu
      align="end"
      className={narrow ? 'w-72' : 'w-56'}
      trigger={
        <Button kind="quiet" aria-label="View" className="size-7 justify-center px-0!">
          <Settings2 size={16} />
        </Button>
      }
    >
      <MenuChoices label="Theme" value={theme} choices={THEMES} onChange={(next) => editor.ui.set({ theme: next })} />
      <MenuLine />
      <ViewChoices narrow={narrow} />
      <MenuLine />
      <MenuCheck checked={motion} onChange={(next) => editor.ui.set({ motion: next })}>
        Motion
      </MenuCheck>
      <MenuLine />
      <MenuChoices
        label="Wheel on the canvas"
        value={canvas.pointer}
        choices={POINTERS}
        onChange={(pointer) => void choosePointer.run(editor, { pointer })}
      />
      <MenuLine />
      {[toggleSnapNodes, toggleSnapGrid, toggleMinimap].map((command) => (
        <MenuCheck
          key={command.id}
          checked={command.checked?.(editor) ?? false}
          onChange={() => void command.run(editor)}
        >
          {command.label}
        </MenuCheck>
      ))}
      {narrow ? (
        <>
          <MenuLine />
          <BackendMenu />
          <MenuLine />
          <MenuCommand command={toggleCompiler} icon={<Binary size={14} />} />
        </>
      ) : (
        <>
          <MenuLine />
          <MenuLabel>Panels</MenuLabel>
          <MenuCheck checked={panels.palette} onChange={() => editor.ui.togglePanel('palette')}>
            Operators
          </MenuCheck>
          <MenuCheck checked={panels.inspector} onChange={() => editor.ui.togglePanel('inspector')}>
            Inspector
          </MenuCheck>
          <MenuCheck checked={panels.plots} onChange={() => editor.ui.togglePanel('plots')}>
            Plots
          </MenuCheck>
          <MenuCheck
            checked={panels.compiler}
            shortcut={shortcutOf(toggleCompiler)}
            onChange={() => void toggleCompiler.run(editor)}
          >
            Compiler
          </MenuCheck>
          <MenuLine />
          <MenuCommand command={showShortcuts} icon={<Keyboard size={14} />} />
        </>
      )}
    </Menu>
  );
}
