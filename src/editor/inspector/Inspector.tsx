import { PanelRightClose } from 'lucide-react';
import { Tabs } from 'radix-ui';
import type { ReactNode } from 'react';
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand/react';
import { ExplainPanel } from '../explain/ExplainPanel.tsx';
import { explaining } from '../explain/explain-store.ts';
import { DataPanel } from '../panels/DataPanel.tsx';
import { TrainPanel } from '../panels/TrainPanel.tsx';
import { ProblemsPanel } from '../problems/ProblemsPanel.tsx';
import { isStepping, stepper } from '../stepper/stepper-store.ts';
import { editor } from '../store/editor.ts';
import { useDiagnostics, useUi } from '../store/hooks.ts';
import type { PanelTab } from '../store/types.ts';
import { Watches } from '../watch/Watches.tsx';
import { IconButton } from '../widgets/Button.tsx';
import { DerivedInspector } from './DerivedInspector.tsx';
import { DocumentSummary } from './DocumentSummary.tsx';
import { NodeInspector } from './NodeInspector.tsx';

/** The colour of how many problems there are, by the worst of them. */
const COUNT = { error: 'text-error', warning: 'text-warning', notice: 'text-faint' } as const;

/** The right-hand panel. */
export function Inspector({ onClose }: { readonly onClose?: () => void }) {
  const tab = useUi((state) => state.tab);
  const problems = useDiagnostics();
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => editor.ui.set({ tab: next as PanelTab })}
      className="flex h-full flex-col"
    >
      <div className="flex h-10 shrink-0 items-stretch border-b pr-1 pl-2">
        <Tabs.List aria-label="Panel" className="flex min-w-0 flex-1">
          <Tab value="inspect">Inspect</Tab>
          <Tab value="train">Train</Tab>
          <Tab value="data">Data</Tab>
          <Tab value="problems">
            Problems
            <span className={`ml-1 ${COUNT[problems[0]?.severity ?? 'notice']}`}>{problems.length}</span>
          </Tab>
        </Tabs.List>
        {onClose && (
          <IconButton label="Hide the panel" className="self-center" onClick={onClose}>
            <PanelRightClose size={16} />
          </IconButton>
        )}
      </div>
      <Content value="inspect">
        <Selected />
      </Content>
      <Content value="train">
        <TrainPanel />
      </Content>
      <Content value="data">
        <DataPanel />
      </Content>
      <Content value="problems">
        <ProblemsPanel />
      </Content>
      <Watches />
    </Tabs.Root>
  );
}

function Tab({ value, children }: { readonly value: PanelTab; readonly children: ReactNode }) {
  return (
    <Tabs.Trigger
      value={value}
      className="-mb-px whitespace-nowrap border-transparent border-b-2 px-2 text-muted transition-colors hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
    >
      {children}
    </Tabs.Trigger>
  );
}

function Content({ value, children }: { readonly value: PanelTab; readonly children: ReactNode }) {
  return (
    <Tabs.Content value={value} className="scroll-thin min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2">
      {children}
    </Tabs.Content>
  );
}

const StepPanel = lazy(async () => ({ default: (await import('../stepper/StepPanel.tsx')).StepPanel }));

function Selected() {
  const explained = useStore(explaining, (state) => state.now !== null);
  const stepping = useStore(stepper, isStepping);
  const derived = useUi((state) => state.selectedDerived);
  const nodes = useUi((state) => state.selection.nodes);
  if (explained) return <ExplainPanel />;
  if (stepping) {
    return (
      <Suspense>
        <StepPanel />
      </Suspense>
    );
  }
  if (derived) return <DerivedInspector key={derived} id={derived} />;
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1) return <NodeInspector key={only} id={only} />;
  return <DocumentSummary selected={nodes.length} />;
}
