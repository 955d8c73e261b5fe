import { CheckDialog } from '../check/CheckDialog.tsx';
import { HelpDialog } from '../help/HelpDialog.tsx';
import { Tour } from '../tour/Tour.tsx';
import { TourOffer } from '../tour/TourOffer.tsx';
import { WireCard } from '../watch/WireCard.tsx';

/** What shows over the page wherever it is needed. */
export function InPlace({ narrow }: { readonly narrow: boolean }) {
  return (
    <>
      <WireCard />
      <CheckDialog />
      <HelpDialog />
      <Tour />
      {narrow && (
        <TourOffer className="fixed inset-x-2 bottom-30 z-20 mx-auto max-w-xs rounded-xl border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-float" />
      )}
    </>
  );
}
