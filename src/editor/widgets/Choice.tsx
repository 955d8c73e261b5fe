import type { ReactNode } from 'react';

const PLAIN = 'min-h-6 rounded-md px-1.5 text-faint hover:text-ink aria-pressed:font-medium aria-pressed:text-ink';

const KINDS = {
  plain: `${PLAIN} shrink-0`,
  /** Somebody's name for something, which may be long. */
  name: `${PLAIN} min-w-0 max-w-24 truncate`,
  framed:
    'flex min-h-7 items-center gap-1.5 rounded-md border border-transparent px-2 text-muted hover:text-ink aria-pressed:border-line aria-pressed:bg-panel-2 aria-pressed:text-ink',
} as const;

interface ChoiceProps {
  readonly pressed: boolean;
  readonly kind?: keyof typeof KINDS;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button that stays pressed while what it names is chosen. */
export function Choice({ pressed, kind = 'plain', onClick, children }: ChoiceProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onClick} className={KINDS[kind]}>
      {children}
    </button>
  );
}
