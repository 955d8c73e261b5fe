import type { ReactNode } from 'react';

interface SectionProps {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a panel, parted from the next by a line. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className="border-b px-4 py-3 last:border-b-0">
      {title && (
        <h2 className="mb-1.5 flex items-baseline justify-between gap-2 font-medium">
          <span>{title}</span>
          {aside && <span className="font-normal text-faint text-sm">{aside}</span>}
        </h2>
      )}
      {children}
    </section>
  );
}

/** Label and value pairs, aligned. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-2 gap-y-0.5">{children}</dl>;
}

export function Fact({ label, children }: { readonly label: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt className="truncate text-muted">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
