import { Blocks, ChartLine, GraduationCap, OctagonAlert, PanelRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { editor } from '../store/editor.ts';
import { useDiagnostics, useUi } from '../store/hooks.ts';
import type { PanelTab, UiState } from '../store/types.ts';
import { NO_PANELS } from '../store/ui-store.ts';

/** Opens the panels of small windows. */
export function BottomTabs() {
  const problems = useDiagnostics().length;
  return (
    <nav aria-label="Panels" className="grid h-14 shrink-0 grid-cols-5 border-t bg-panel">
      <PanelButton panel="palette" icon={<Blocks size={18} />}>
        Operators
      </PanelButton>
      <TabButton tab="inspect" icon={<PanelRight size={18} />}>
        Inspect
      </TabButton>
      <TabButton tab="train" icon={<GraduationCap size={18} />}>
        Train
      </TabButton>
      <TabButton tab="problems" icon={<OctagonAlert size={18} />}>
        Problems{problems > 0 && ` ${problems}`}
      </TabButton>
      <PanelButton panel="plots" icon={<ChartLine size={18} />}>
        Plots
      </PanelButton>
    </nav>
  );
}

interface EntryProps {
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function TabButton({ tab, ...rest }: EntryProps & { readonly tab: PanelTab }) {
  const pressed = useUi((state) => state.panels.inspector && state.tab === tab);
  return (
    <Entry
      {...rest}
      pressed={pressed}
      onClick={() => editor.ui.set({ tab, panels: { ...NO_PANELS, inspector: true } })}
    />
  );
}

function PanelButton({ panel, ...rest }: EntryProps & { readonly panel: keyof UiState['panels'] }) {
  const pressed = useUi((state) => state.panels[panel]);
  return (
    <Entry {...rest} pressed={pressed} onClick={() => editor.ui.set({ panels: { ...NO_PANELS, [panel]: !pressed } })} />
  );
}

function Entry({
  pressed,
  icon,
  onClick,
  children,
}: EntryProps & { readonly pressed: boolean; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="flex flex-col items-center justify-center gap-0.5 text-muted text-xs aria-pressed:text-ink"
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}
