import { useCommandState } from 'cmdk';
import type { ReactNode } from 'react';

/** What a list says that has nothing to offer: as an entry that cannot be chosen, because a list without any is none. */
export function NoItem({ children }: { readonly children: ReactNode }) {
  const isEmpty = useCommandState((state) => state.filtered.count === 0);
  if (!isEmpty) return null;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: it cannot be chosen
    <div role="option" aria-disabled="true" aria-selected="false" className="px-3 py-4 text-muted">
      {children}
    </div>
  );
}
