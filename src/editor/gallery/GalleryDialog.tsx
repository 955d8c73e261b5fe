import { FilePlus2, FolderOpen } from 'lucide-react';
import { createDocument, openFile } from '../commands/files.ts';
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
