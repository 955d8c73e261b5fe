import { FilePlus2, FolderOpen, GraduationCap } from 'lucide-react';
import { createDocument, openFile } from '../commands/files.ts';
import { showCourse } from '../course/commands.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { ExampleCards } from './ExampleCards.tsx';
import { RecentCards } from './RecentCards.tsx';

const close = () => editor.ui.set({ dialog: null });

export function GalleryDialog() {
  const open = useUi((state) => state.dialog === 'gallery');
  return (
    <Modal
      open={open}
      onClose={close}
      title="Gallery"
      description="Graphs that train as they are. What you drew yourself is kept below."
      className="max-w-3xl"
    >
      <button
        type="button"
        className="mb-3 flex w-full items-center gap-3 rounded-lg border border-line px-3 py-2.5 text-left transition-colors hover:border-line-strong hover:bg-panel-2"
        onClick={() => void showCourse.run(editor)}
      >
        <GraduationCap size={20} className="shrink-0 text-muted" />
        <span className="min-w-0 flex-1">
          <span className="block font-medium">The course</span>
          <span className="block text-muted">
            From f = 3x + 4y + 5 to a network that reads handwriting, in lessons that see what you draw.
          </span>
        </span>
      </button>
      <ExampleCards onOpen={close} />
      <RecentCards onOpen={close} />
      <div className="mt-3 flex gap-2">
        <Button
          onClick={() => {
            close();
            void createDocument.run(editor);
          }}
        >
          <FilePlus2 size={14} /> Blank
        </Button>
        <Button
          onClick={() => {
            close();
            void openFile.run(editor);
          }}
        >
          <FolderOpen size={14} /> Open file…
        </Button>
      </div>
    </Modal>
  );
}
