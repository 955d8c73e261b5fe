import { PanelLeftOpen, PanelRightOpen } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import { useEffect, useLayoutEffect } from 'react';
import { AnalysisPanel } from './analysis/AnalysisPanel.tsx';
import { LiveRegion } from './announce/LiveRegion.tsx';
import { BreakpointNotice } from './breakpoints/BreakpointNotice.tsx';
import { CodePanel } from './code/CodePanel.tsx';
import { commands } from './commands/all.ts';
import { bindKeys } from './commands/keymap.ts';
import { CompilerPanel } from './compiler/CompilerPanel.tsx';
import { CourseBar, CourseDrawer, CourseSheet } from './course/CourseDrawer.tsx';
import { EmptyState } from './gallery/EmptyState.tsx';
import { GalleryDialog } from './gallery/GalleryDialog.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { ConnectDialog } from './outline/ConnectDialog.tsx';
import { MainView } from './outline/MainView.tsx';
import { CommandPalette } from './palette/CommandPalette.tsx';
import { Palette } from './palette/Palette.tsx';
import { SearchDialog } from './palette/SearchDialog.tsx';
import { Plots, PlotsCard } from './panels/Plots.tsx';
import { Banner } from './shell/Banner.tsx';
import { BottomTabs } from './shell/BottomTabs.tsx';
import { DocumentDialogs } from './shell/DocumentDialogs.tsx';
import { ExportDialog } from './shell/ExportDialog.tsx';
import { InPlace } from './shell/InPlace.tsx';
import { LayerSwitch } from './shell/LayerSwitch.tsx';
import { Notices } from './shell/Notices.tsx';
import { Sheet } from './shell/Sheet.tsx';
import { ShortcutsDialog } from './shell/ShortcutsDialog.tsx';
import { TopBar } from './shell/TopBar.tsx';
import { TransportBar } from './shell/TransportBar.tsx';
import { applyTheme } from './shell/theme.ts';
import { useNarrow } from './shell/use-narrow.ts';
import { editor } from './store/editor.ts';
import { useUi } from './store/hooks.ts';
import { NO_PANELS } from './store/ui-store.ts';
import { IconButton } from './widgets/Button.tsx';
import { keepBehindInert } from './widgets/inert-behind.ts';

/** The editor: canvas in the middle, panels beside it, or over it where the window is small. */
export function App() {
  const narrow = useNarrow();
  useTheme();
  useEffect(() => bindKeys(editor, commands), []);
  useEffect(keepBehindInert, []);
  useEffect(() => (narrow ? closePanelsMeanwhile() : undefined), [narrow]);
  return (
    <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
      <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)_auto] overflow-hidden">
        <TopBar narrow={narrow} />
        {narrow ? <NarrowBody /> : <WideBody />}
      </div>
      <SearchDialog />
      <CommandPalette />
      <GalleryDialog />
      <ExportDialog />
      <DocumentDialogs />
      <InPlace narrow={narrow} />
      <ShortcutsDialog />
      <ConnectDialog />
      <LiveRegion />
    </Tooltip.Provider>
  );
}

function WideBody() {
  const panels = useUi((state) => state.panels);
  return (
    <div className="flex min-h-0">
      <CourseDrawer />
      {panels.palette && (
        <aside aria-label="Operators" data-pane="operators" className="w-48 shrink-0 border-r bg-panel">
          <Palette onClose={() => editor.ui.togglePanel('palette')} />
        </aside>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <MainView>
          {!panels.palette && (
            <IconButton
              kind="plain"
              side="right"
              label="Show operators"
              className="absolute top-3 left-3"
              onClick={() => editor.ui.togglePanel('palette')}
            >
              <PanelLeftOpen size={16} />
            </IconButton>
          )}
          {!panels.inspector && (
            <IconButton
              kind="plain"
              side="left"
              label="Show the panel"
              className="absolute top-3 right-3"
              onClick={() => editor.ui.togglePanel('inspector')}
            >
              <PanelRightOpen size={16} />
            </IconButton>
          )}
          <Overlay>
            {/* Wide canvases have the plots beside the transport bar, others above it. */}
            <div className="pointer-events-none absolute inset-x-3 bottom-3 flex flex-col items-start gap-2 @4xl:inset-x-4 @4xl:bottom-4">
              <PlotsCard />
              <div className="flex w-full justify-center @4xl:absolute @4xl:right-48 @4xl:bottom-0 @4xl:left-58 @4xl:w-auto">
                <TransportBar />
              </div>
            </div>
          </Overlay>
        </MainView>
        {panels.analysis && (
          <section aria-label="Analysis" data-pane="analysis" className="h-[42%] shrink-0 border-t bg-panel">
            <AnalysisPanel onClose={() => editor.ui.togglePanel('analysis')} />
          </section>
        )}
        {panels.compiler && (
          <section aria-label="Compiler" data-pane="compiler" className="h-[38%] shrink-0 border-t bg-panel">
            <CompilerPanel onClose={() => editor.ui.togglePanel('compiler')} />
          </section>
        )}
      </div>
      {panels.code && (
        <aside aria-label="Code" data-pane="code" className="w-[30%] min-w-64 shrink-0 border-l bg-panel">
          <CodePanel onClose={() => editor.ui.togglePanel('code')} />
        </aside>
      )}
      {panels.inspector && (
        <aside aria-label="Inspector" data-pane="inspector" className="w-76 shrink-0 border-l bg-panel max-xl:w-72">
          <Inspector onClose={() => editor.ui.togglePanel('inspector')} />
        </aside>
      )}
    </div>
  );
}

const closeAll = () => editor.ui.set({ panels: NO_PANELS });

function NarrowBody() {
  const panels = useUi((state) => state.panels);
  return (
    <>
      <MainView narrow>
        <Overlay>
          <div className="pointer-events-none absolute inset-x-2 top-2 flex justify-center">
            <div className="canvas-only pointer-events-auto">
              <LayerSwitch />
            </div>
          </div>
          <div className="pointer-events-none absolute inset-x-2 bottom-2 flex flex-col items-center gap-2">
            <CourseBar />
            <TransportBar />
          </div>
        </Overlay>
      </MainView>
      <BottomTabs />
      <Sheet open={panels.palette} title="Operators" onClose={closeAll}>
        <Palette onPlaced={closeAll} />
      </Sheet>
      <Sheet open={panels.inspector} title="Inspector" onClose={closeAll}>
        <Inspector />
      </Sheet>
      <Sheet open={panels.compiler} title="Compiler" onClose={closeAll}>
        <CompilerPanel />
      </Sheet>
      <Sheet open={panels.analysis} title="Analysis" onClose={closeAll}>
        <AnalysisPanel />
      </Sheet>
      <Sheet open={panels.code} title="Code" onClose={closeAll}>
        <CodePanel />
      </Sheet>
      <Sheet open={panels.plots} title="Plots" onClose={closeAll}>
        <Plots />
      </Sheet>
      <CourseSheet />
    </>
  );
}

/** What floats over the canvas without taking its pointer. */
function Overlay({ children }: { readonly children: React.ReactNode }) {
  return (
    <div className="pointer-events-none absolute inset-0">
      <div className="absolute inset-x-3 top-12 bottom-20 flex items-center justify-center">
        <EmptyState />
      </div>
      <div className="absolute inset-x-3 top-3 flex flex-col items-center gap-2 max-wide:top-12">
        <Banner />
        <Notices />
        <BreakpointNotice />
      </div>
      {children}
    </div>
  );
}

function useTheme() {
  const theme = useUi((state) => state.theme);
  const motion = useUi((state) => state.motion);
  useLayoutEffect(() => applyTheme(theme, motion), [theme, motion]);
}

/** Sheets would cover the graph, so small windows begin without; widening the window brings the panels back. */
function closePanelsMeanwhile(): () => void {
  const { panels } = editor.ui.getState();
  closeAll();
  return () => editor.ui.set({ panels });
}
