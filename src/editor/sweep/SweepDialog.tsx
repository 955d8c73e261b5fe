import { useStore } from 'zustand/react';
import { Modal } from '../widgets/Modal.tsx';
import { SweepForm } from './SweepForm.tsx';
import { SweepTable } from './SweepTable.tsx';
import { sweeps } from './sweep-store.ts';

/** Trains with several values of some numbers, one run after another, beside whatever else trains. */
export function SweepDialog() {
  const open = useStore(sweeps, (state) => state.open);
  return (
    <Modal
      open={open}
      onClose={() => sweeps.setState({ open: false })}
      title="Sweep"
      description="Trains the drawing once with each value, always from the same beginning, in a worker of its own. It goes on when this is closed."
      className="max-w-2xl"
    >
      <SweepForm />
      <SweepTable />
    </Modal>
  );
}
