import type { ReactNode } from 'react';
import { Canvas } from '../canvas/Canvas.tsx';
import { mainView } from '../commands/outline.ts';
import { FindBar } from '../find/FindBar.tsx';
import { useUi } from '../store/hooks.ts';
import { Outline } from './Outline.tsx';

interface MainViewProps {
  readonly narrow?: boolean;
  /** What floats over the canvas, or over the outline where there is no canvas. */
  readonly children: ReactNode;
}

/** The middle of the window: the canvas, the outline, or the outline beside the canvas. */
export function MainView({ narrow = false, children }: MainViewProps) {
  const view = useUi((state) => mainView(state, narrow));
  const plots = useUi((state) => state.panels.plots && !narrow);
  if (view === 'outline') {
    return (
      <main className="@container relative flex min-h-0 min-w-0 flex-1 flex-col" data-view="outline">
        <FindBar />
        {/* Rows end above what floats below. */}
        <div className={`min-h-0 flex-1 ${plots ? 'pb-50' : 'pb-16'}`}>
          <Outline alone />
        </div>
        {children}
      </main>
    );
  }
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      {view === 'both' && (
        <div className="w-[42%] min-w-80 shrink-0 border-r">
          <Outline alone={false} />
        </div>
      )}
      <main className="@container relative min-h-0 min-w-0 flex-1">
        <Canvas />
        {children}
      </main>
    </div>
  );
}
