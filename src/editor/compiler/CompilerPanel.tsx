import { PanelBottomClose } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import type { PhaseReport } from '../../compiler/report.ts';
import { IconButton } from '../widgets/Button.tsx';
import { formatCount } from '../widgets/format.ts';
import { Language } from './Language.tsx';
import { PhaseText } from './PhaseText.tsx';
import { Rewrites } from './Rewrites.tsx';
import { type Reported, useReport } from './use-report.ts';

const NO_PHASES: readonly PhaseReport[] = [];

/** What the compiler makes of the drawing, phase by phase, and what it may do. */
export function CompilerPanel({ onClose }: { readonly onClose?: () => void }) {
  const reported = useReport();
  const phases = reported.state === 'done' ? reported.report.phases : NO_PHASES;
  const rewrites = reported.state === 'done' ? reported.report.rewrites : [];
  // A phase that is not there while errors stand in the way is shown again afterwards.
  const [chosen, setChosen] = useState<string | null>(null);
  const tabs = [...phases.map(({ phase }) => phase), 'rewrites', 'language'];
  const tab = tabs.find((name) => name === chosen) ?? (chosen === null ? tabs[0] : 'rewrites');
  const applied = rewrites.reduce((sum, { count }) => sum + count, 0);
  return (
    <Tabs.Root value={tab} onValueChange={setChosen} className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-stretch border-b pr-1 pl-2">
        <Tabs.List aria-label="Compiler" className="scroll-thin flex min-w-0 flex-1 overflow-x-auto overflow-y-hidden">
          {phases.map((phase) => (
            <Tab key={phase.phase} value={phase.phase} count={phase.count}>
              {phase.phase.charAt(0).toUpperCase() + phase.phase.slice(1)}
            </Tab>
          ))}
          <Tab value="rewrites" count={applied}>
            Rewrites
          </Tab>
          <Tab value="language">Language</Tab>
        </Tabs.List>
        {onClose && (
          <IconButton label="Hide the compiler" className="self-center" onClick={onClose}>
            <PanelBottomClose size={16} />
          </IconButton>
        )}
      </div>
      {phases.map((phase) => (
        <Tabs.Content key={phase.phase} value={phase.phase} className="min-h-0 flex-1 focus-visible:-outline-offset-2">
          <PhaseText phase={phase} />
        </Tabs.Content>
      ))}
      <Tabs.Content
        value="rewrites"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <State reported={reported} />
        <Rewrites rewrites={rewrites} />
      </Tabs.Content>
      <Tabs.Content
        value="language"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <Language />
      </Tabs.Content>
    </Tabs.Root>
  );
}

const WHY = {
  errors: 'Errors stand in the way: there is nothing compiled to show until they are repaired.',
  nothing: 'Nothing is trained yet: add an optimizer, and what the compiler makes of the drawing shows here.',
} as const;

function State({ reported: { state } }: { readonly reported: Reported }) {
  return state === 'errors' || state === 'nothing' ? <p className="px-4 pt-3 text-muted">{WHY[state]}</p> : null;
}

interface TabProps {
  readonly value: string;
  readonly count?: number;
  readonly children: ReactNode;
}

function Tab({ value, count, children }: TabProps) {
  return (
    <Tabs.Trigger
      value={value}
      className="-mb-px shrink-0 whitespace-nowrap border-transparent border-b-2 px-2 text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
    >
      {children}
      {count !== undefined && <span className="ml-1 text-faint">{formatCount(count)}</span>}
    </Tabs.Trigger>
  );
}
