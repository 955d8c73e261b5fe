import { lazy, Suspense } from 'react';
import { useStore } from 'zustand/react';
import { CheckDialog } from '../check/CheckDialog.tsx';
import { HelpDialog } from '../help/HelpDialog.tsx';
import { viewer } from '../pictures/viewer-store.ts';
import { RegularizeDialog } from '../regularize/RegularizeDialog.tsx';
import { isStepping, stepper } from '../stepper/stepper-store.ts';
import { useDocumentState } from '../store/hooks.ts';
import { sweeps } from '../sweep/sweep-store.ts';
import { timeline } from '../timeline/timeline-store.ts';
import { Tour } from '../tour/Tour.tsx';
import { TourOffer } from '../tour/TourOffer.tsx';
import { WireCard } from '../watch/WireCard.tsx';

const SweepDialog = lazy(async () => ({ default: (await import('../sweep/SweepDialog.tsx')).SweepDialog }));
const PicturesDialog = lazy(async () => ({ default: (await import('../pictures/PicturesDialog.tsx')).PicturesDialog }));

/** What shows over the page wherever it is needed. */
export function InPlace({ narrow }: { readonly narrow: boolean }) {
  // On a small window the offer lies on the last rows, so it goes once one draws; the menu keeps the tour.
  const untouched = useDocumentState((state) => state.undoLabel === null);
  // Nor over what goes through a step or back over the run.
  const stepping = useStore(stepper, isStepping);
  const lookingBack = useStore(timeline, (state) => state.open);
  const viewing = useStore(viewer, (state) => state.viewed !== null);
  const sweeping = useStore(sweeps, (state) => state.open);
  return (
    <>
      <WireCard />
      <CheckDialog />
      <RegularizeDialog />
      <Suspense>{sweeping && <SweepDialog />}</Suspense>
      <HelpDialog />
      <Suspense>{viewing && <PicturesDialog />}</Suspense>
      <Tour />
      {narrow && untouched && !stepping && !lookingBack && (
        <TourOffer className="fixed inset-x-2 bottom-40 z-20 mx-auto max-w-xs rounded-xl border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-float" />
      )}
    </>
  );
}
