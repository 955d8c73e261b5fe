import { CheckDialog } from '../check/CheckDialog.tsx';
import { WireCard } from '../watch/WireCard.tsx';

/** What shows over the page wherever it is needed. */
export function InPlace() {
  return (
    <>
      <WireCard />
      <CheckDialog />
    </>
  );
}
