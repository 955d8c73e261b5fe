import { CheckDialog } from '../check/CheckDialog.tsx';
import { HelpDialog } from '../help/HelpDialog.tsx';
import { useDocumentState } from '../store/hooks.ts';
import { Tour } from '../tour/Tour.tsx';
import { TourOffer } from '../tour/TourOffer.tsx';
import { WireCard } from '../watch/WireCard.tsx';

/** What shows over the page wherever it is needed. */
export function InPlace({ narrow }: { readonly narrow: boolean }) {
  // On a small window the offer lies on the last rows, so it goes once one draws; the menu keeps the tour.
  const untouched = useDocumentState((state) => state.undoLabel === null);
  return (
    <>
      <WireCard />
      <CheckDialog />
      <HelpDialog />
      <Tour />
      {narrow && untouched && (
        <TourOffer className="fixed inset-x-2 bottom-30 z-20 mx-auto max-w-xs rounded-xl border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-float" />
      )}
    </>
  );
}
