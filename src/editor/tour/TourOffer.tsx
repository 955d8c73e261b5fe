import { X } from 'lucide-react';
import { useStore } from 'zustand/react';
import { Button, IconButton } from '../widgets/Button.tsx';
import { tour } from './tour-store.ts';

/** Offers the tour until it was taken or declined. */
export function TourOffer({ className = '' }: { readonly className?: string }) {
  const { running, over, step } = useStore(tour);
  if (running || over) return null;
  return (
    <aside aria-label="Tour" className={`flex items-center gap-2 ${className}`}>
      <p className="min-w-0 flex-1 text-muted">{step > 0 ? 'The tour is not over.' : 'New here?'}</p>
      <Button onClick={() => tour.start()}>{step > 0 ? 'Resume the tour' : 'Take the tour'}</Button>
      <IconButton label="No tour" onClick={() => tour.dismiss()}>
        <X size={16} />
      </IconButton>
    </aside>
  );
}
