import { PanelBottomClose } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ComponentType, lazy, Suspense } from 'react';
import { useStore } from 'zustand/react';
import { IconButton } from '../widgets/Button.tsx';
import { type AnalysisTab, analysis } from './analysis-store.ts';

const TABS: readonly { readonly tab: AnalysisTab; readonly label: string; readonly Content: ComponentType }[] = [
  {
    tab: 'breakpoints',
    label: 'Breakpoints',
    Content: lazy(async () => ({ default: (await import('../breakpoints/BreakpointsTab.tsx')).BreakpointsTab })),
  },
  {
    tab: 'results',
    label: 'Results',
    Content: lazy(async () => ({ default: (await import('../results/ResultsTab.tsx')).ResultsTab })),
  },
  {
    tab: 'evaluate',
    label: 'Evaluate',
    Content: lazy(async () => ({ default: (await import('../evaluate/EvaluateTab.tsx')).EvaluateTab })),
  },
  {
    tab: 'surface',
    label: 'Loss surface',
    Content: lazy(async () => ({ default: (await import('../surface/SurfaceTab.tsx')).SurfaceTab })),
  },
  {
    tab: 'time',
    label: 'Time',
    Content: lazy(async () => ({ default: (await import('../timing/TimeTab.tsx')).TimeTab })),
  },
];

/** Looks into a run; each of its tabs is loaded when it is opened. */
export function AnalysisPanel({ onClose }: { readonly onClose?: () => void }) {
  const tab = useStore(analysis, (state) => state.tab);
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => analysis.setState({ tab: next as AnalysisTab })}
      className="flex h-full flex-col"
    >
      <div className="flex h-10 shrink-0 items-stretch border-b pr-1 pl-2">
        <Tabs.List aria-label="Analysis" className="scroll-thin flex min-w-0 flex-1 overflow-x-auto overflow-y-hidden">
          {TABS.map((each) => (
            <Tabs.Trigger
              key={each.tab}
              value={each.tab}
              className="-mb-px shrink-0 whitespace-nowrap border-transparent border-b-2 px-2 text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
            >
              {each.label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {onClose && (
          <IconButton label="Hide the analysis" className="self-center" onClick={onClose}>
            <PanelBottomClose size={16} />
          </IconButton>
        )}
      </div>
      {TABS.map(({ tab: name, Content }) => (
        <Tabs.Content
          key={name}
          value={name}
          className="scroll-thin @container min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
        >
          <Suspense fallback={<p className="p-4 text-muted">Loading…</p>}>
            <Content />
          </Suspense>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
