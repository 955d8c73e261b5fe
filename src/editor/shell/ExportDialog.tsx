import { Braces, Download, FolderArchive, GraduationCap, Network, Repeat2, TrendingDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { saveFile } from '../commands/files.ts';
import { downloadFile } from '../persistence/documents.ts';
import { type ExportKind, sessionActions } from '../session/actions.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Modal } from '../widgets/Modal.tsx';

type Choice = ExportKind | 'project' | 'document';

const KINDS: readonly {
  readonly kind: Choice;
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
}[] = [
  {
    kind: 'model',
    icon: <Network size={18} />,
    title: 'Model with its weights',
    text: 'ONNX, standard operators, opset 21: inputs to predictions with the parameters as they are now.',
  },
  {
    kind: 'training',
    icon: <Repeat2 size={18} />,
    title: 'Training step',
    text: 'ONNX: batch, learning rate and state in; loss and new state out. Forward, backward and update in one graph.',
  },
  {
    kind: 'trainable',
    icon: <GraduationCap size={18} />,
    title: 'Model that says how to train it',
    text: 'ONNX: the model with its weights, and training_info with first values, a step and what it updates.',
  },
  {
    kind: 'gradients',
    icon: <TrendingDown size={18} />,
    title: 'Gradients',
    text: 'ONNX: batch in; the loss and its gradient with respect to each parameter out.',
  },
  {
    kind: 'project',
    icon: <FolderArchive size={18} />,
    title: 'Project (zip)',
    text: 'Models, data and small programs that go on training elsewhere: Python and JavaScript with ONNX Runtime, and PyTorch.',
  },
  {
    kind: 'document',
    icon: <Braces size={18} />,
    title: 'Document',
    text: 'JSON of the drawing, without weights. Wiregrad opens it again.',
  },
];

export function ExportDialog() {
  const open = useUi((state) => state.dialog === 'export');
  return (
    <Modal
      open={open}
      onClose={() => editor.ui.set({ dialog: null })}
      title="Export"
      description="The files leave by download; nothing is uploaded."
    >
      <ExportChoices />
    </Modal>
  );
}

function ExportChoices() {
  const [busy, setBusy] = useState<Choice | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  const run = async (kind: Choice) => {
    setBusy(kind);
    setFailure(null);
    try {
      if (kind === 'document') {
        await saveFile.run(editor);
      } else if (kind === 'project') {
        const { name } = editor.document.getState().document;
        const bytes = await sessionActions().exportProject();
        downloadFile(`${name}.zip`, bytes as BlobPart, 'application/zip');
      } else {
        const { name } = editor.document.getState().document;
        const blob = await sessionActions().exportModel(kind);
        downloadFile(`${name}${kind === 'model' ? '' : `-${kind}`}.onnx`, blob, 'application/octet-stream');
      }
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(null);
    }
  };

  return (
    <>
      <ul className="flex flex-col gap-2">
        {KINDS.map(({ kind, icon, title, text }) => (
          <li key={kind}>
            <button
              type="button"
              disabled={busy !== null}
              className="flex w-full items-center gap-3 rounded-lg border border-line p-3 text-left transition-colors hover:border-line-strong hover:bg-panel-2 disabled:opacity-45"
              onClick={() => void run(kind)}
            >
              <span className="text-muted">{icon}</span>
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{title}</span>
                <span className="block text-muted">{busy === kind ? 'Compiling…' : text}</span>
              </span>
              <Download size={16} aria-hidden="true" className="text-faint" />
            </button>
          </li>
        ))}
      </ul>
      {failure && (
        <p role="alert" className="mt-3 text-error">
          {failure}
        </p>
      )}
    </>
  );
}
