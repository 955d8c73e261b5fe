import { ChevronDown, Redo2, Undo2 } from 'lucide-react';
import { useStore } from 'zustand/react';
import { share } from '../commands/drawings.ts';
import { redo as redoCommand, undo as undoCommand } from '../commands/history.ts';
import { type SaveState, saveState } from '../session/save-state.ts';
import { editor } from '../store/editor.ts';
import { useDiagnostics, useDocumentState } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { Menu } from '../widgets/Menu.tsx';
import { SeverityMark } from '../widgets/SeverityMark.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { BackendBadge } from './BackendBadge.tsx';
import { DocumentName } from './DocumentName.tsx';
import { FileMenuItems } from './FileMenuItems.tsx';
import { LayerSwitch } from './LayerSwitch.tsx';
import { OutlineSwitch } from './OutlineSwitch.tsx';
import { ViewMenu } from './ViewMenu.tsx';

const SAVED: Record<SaveState, string> = { saved: 'Saved', saving: 'Saving…', failed: 'Not saved' };

export function TopBar({ narrow }: { readonly narrow: boolean }) {
  return (
    <header
      data-pane="top"
      className="relative z-10 grid h-11 grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-3 border-b bg-panel px-2 max-wide:grid-cols-[minmax(0,1fr)_auto] max-wide:gap-1"
    >
      <h1 className="sr-only">Wiregrad</h1>
      <div className="flex min-w-0 items-center gap-1">
        <Menu
          trigger={
            <Button kind="quiet" aria-label="Wiregrad menu" className="gap-1! px-2! text-ink">
              <span aria-hidden="true" className="font-serif text-backward text-lg italic leading-none">
                ∂
              </span>
              <span className="font-semibold max-wide:sr-only">Wiregrad</span>
              <ChevronDown size={14} className="text-faint" />
            </Button>
          }
        >
          <FileMenuItems />
        </Menu>
        <span aria-hidden="true" className="text-line-strong">
          /
        </span>
        <DocumentName />
        <SavedState />
      </div>
      {!narrow && <LayerSwitch />}
      <div className="flex items-center justify-end gap-1">
        <UndoButtons />
        {!narrow && <ProblemCount />}
        {!narrow && <BackendBadge />}
        <OutlineSwitch narrow={narrow} />
        <ViewMenu narrow={narrow} />
        {!narrow && (
          <Button className="ml-1" onClick={() => void share.run(editor)}>
            Share
          </Button>
        )}
        {!narrow && (
          <Button kind="primary" className="ml-1" onClick={() => editor.ui.set({ dialog: 'export' })}>
            Export
          </Button>
        )}
      </div>
    </header>
  );
}

function SavedState() {
  const status = useStore(saveState, (state) => state.value);
  return (
    <span
      className={`shrink-0 px-1 max-wide:sr-only ${status === 'failed' ? 'text-error' : 'text-faint'}`}
      role="status"
    >
      {SAVED[status]}
    </span>
  );
}

function UndoButtons() {
  const undo = useDocumentState((state) => state.undoLabel);
  const redo = useDocumentState((state) => state.redoLabel);
  return (
    <>
      <IconButton
        label={undo === null ? 'Nothing to undo' : `Undo: ${undo}`}
        shortcut={shortcutOf(undoCommand)}
        aria-disabled={undo === null}
        className="aria-disabled:opacity-45"
        onClick={() => void undoCommand.run(editor)}
      >
        <Undo2 size={16} />
      </IconButton>
      <IconButton
        label={redo === null ? 'Nothing to redo' : `Redo: ${redo}`}
        shortcut={shortcutOf(redoCommand)}
        aria-disabled={redo === null}
        className="aria-disabled:opacity-45"
        onClick={() => void redoCommand.run(editor)}
      >
        <Redo2 size={16} />
      </IconButton>
    </>
  );
}

function ProblemCount() {
  const problems = useDiagnostics();
  const worst = problems[0];
  if (!worst) return null;
  return (
    <IconButton
      label={`Show ${formatAmount(problems.length, 'problem')}`}
      className="w-auto! gap-1.5! px-2!"
      onClick={() => editor.ui.showTab('problems')}
    >
      <SeverityMark severity={worst.severity} />
      {problems.length}
    </IconButton>
  );
}
