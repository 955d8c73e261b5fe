import { useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Choose } from './Choose.tsx';
import { cancelReading, closeDialog, dataDialog } from './dialog-store.ts';
import { Look } from './Look.tsx';

/** Files, pasted tables and painted points become data sets of the drawing. */
export function DataDialog() {
  const open = useUi((state) => state.dialog === 'data');
  const editing = dataDialog((state) => state.editing);
  return (
    <Modal
      open={open}
      onClose={closeDialog}
      title={editing === null ? 'Add data' : `Data set ${editing}`}
      description="Files stay in this browser; the drawing holds only how data is made of them."
      className="max-w-4xl"
    >
      <Stage />
    </Modal>
  );
}

function Stage() {
  const stage = dataDialog((state) => state.stage);
  switch (stage) {
    case 'choose':
      return <Choose />;
    case 'reading':
      return <Reading />;
    case 'look':
      return <Look />;
  }
}

function Reading() {
  const progress = dataDialog((state) => state.progress);
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <div className="grid gap-3 py-8">
      <p aria-live="polite" className="text-center">
        {progress?.what ?? 'Reading'}…
      </p>
      <progress aria-label="Progress" className="h-2 w-full accent-accent" max={1} value={share} />
      <p className="text-center text-muted">{Math.floor(share * 100)} %</p>
      <Button className="justify-self-center" onClick={cancelReading}>
        Cancel
      </Button>
    </div>
  );
}
