import { Copy, FilePlus2, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createDocument } from '../commands/files.ts';
import { renameDocument } from '../commands/nodes.ts';
import { GraphPreview } from '../gallery/GraphPreview.tsx';
import { autosave } from '../persistence/autosave.ts';
import { library } from '../persistence/library.ts';
import type { Drawing } from '../persistence/storage.ts';
import { editor } from '../store/editor.ts';
import { useUi, useWhole } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { Modal } from '../widgets/Modal.tsx';
import { NameField } from '../widgets/NameField.tsx';

const close = () => editor.ui.set({ dialog: null });
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function DrawingsDialog() {
  const open = useUi((state) => state.dialog === 'drawings');
  return (
    <Modal
      open={open}
      onClose={close}
      title="Your drawings"
      description="What you drew is kept in this browser."
      className="max-w-2xl"
    >
      <DrawingList />
    </Modal>
  );
}

function DrawingList() {
  const { drawings, open } = useStore(library);
  const [deleted, setDeleted] = useState<Drawing | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const run = (action: Promise<unknown>) => {
    setFailure(null);
    action.catch((error) => setFailure(`The browser's storage refused: ${error}`));
  };
  useEffect(() => {
    autosave()
      .settled()
      .then(() => autosave().refresh())
      .catch((error) => setFailure(`The browser's storage cannot be read: ${error}`));
  }, []);

  return (
    <>
      <div className="mb-2 flex min-h-8 flex-wrap items-center gap-2">
        <Button
          onClick={() => {
            close();
            void createDocument.run(editor);
          }}
        >
          <FilePlus2 size={14} /> New graph
        </Button>
        <p aria-live="polite" className="flex flex-wrap items-center gap-2 text-muted">
          {deleted && (
            <>
              <span>“{deleted.document.name}” is deleted.</span>
              <Button
                onClick={() => {
                  run(autosave().undelete(deleted.id));
                  setDeleted(null);
                }}
              >
                Undo
              </Button>
            </>
          )}
        </p>
      </div>
      {failure && (
        <p role="alert" className="mb-2 text-error">
          {failure}
        </p>
      )}
      {drawings.length === 0 && <p className="text-muted">Nothing yet. Examples appear here once you edit them.</p>}
      <ul aria-label="Your drawings" className="flex flex-col gap-2">
        {drawings.map((drawing) => (
          <DrawingRow
            key={drawing.id}
            drawing={drawing}
            isOpen={drawing.id === open}
            onDelete={() => {
              run(autosave().delete(drawing.id));
              setDeleted(drawing);
            }}
            run={run}
          />
        ))}
      </ul>
    </>
  );
}

interface DrawingRowProps {
  readonly drawing: Drawing;
  readonly isOpen: boolean;
  readonly onDelete: () => void;
  readonly run: (action: Promise<unknown>) => void;
}

function DrawingRow({ drawing: { id, document, edited }, isOpen, onDelete, run }: DrawingRowProps) {
  const present = useWhole((state) => state.document);
  const shown = isOpen ? present : document;
  const [renaming, setRenaming] = useState(false);
  const end = (text: string | null) => {
    const name = text?.trim() ?? '';
    setRenaming(false);
    if (name === '' || name === shown.name) return;
    if (isOpen) void renameDocument.run(editor, { name });
    else run(autosave().rename(id, name));
  };
  const show = () => {
    close();
    void autosave().open(id);
  };
  return (
    <li className="flex items-center gap-2 rounded-lg border border-line pr-1.5">
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        className="h-16 w-24 shrink-0 max-sm:w-16 rounded-l-lg border-r bg-bg p-1.5"
        onClick={show}
      >
        <GraphPreview document={shown} registry={editor.registry} className="size-full" />
      </button>
      <div className="min-w-0 flex-1 py-1">
        {renaming ? (
          <NameField label="Name of the drawing" className="field" name={shown.name} onEnd={end} />
        ) : (
          <button
            type="button"
            className="block max-w-full truncate rounded-md px-1.5 py-0.5 text-left font-medium hover:bg-panel-2"
            onClick={show}
          >
            {shown.name}
          </button>
        )}
        <p className="px-1.5 text-muted text-sm leading-4">
          {isOpen && <span className="font-medium text-ink">Open · </span>}
          {formatAmount(Object.keys(shown.graph.nodes).length, 'node')} · {time.format(edited)}
        </p>
      </div>
      <div className="flex shrink-0">
        <IconButton label={`Rename ${shown.name}`} onClick={() => setRenaming(true)}>
          <Pencil size={14} />
        </IconButton>
        <IconButton label={`Duplicate ${shown.name}`} onClick={() => run(autosave().duplicate(id))}>
          <Copy size={14} />
        </IconButton>
        <IconButton label={`Delete ${shown.name}`} onClick={onDelete}>
          <Trash2 size={14} />
        </IconButton>
      </div>
    </li>
  );
}
