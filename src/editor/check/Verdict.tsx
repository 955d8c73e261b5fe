import type { SlopeCheck } from '../../runtime/protocol.ts';

const LOOK = {
  pass: { sign: '✓', word: 'agrees', colour: 'text-ink' },
  unclear: { sign: '~', word: 'at a kink', colour: 'text-warning' },
  fail: { sign: '✕', word: 'differs', colour: 'text-error' },
} as const;

/** The outcome of a check, by sign and word. */
export function Verdict({ verdict }: { readonly verdict: SlopeCheck['verdict'] }) {
  const { sign, word, colour } = LOOK[verdict];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

export function verdictText(verdict: SlopeCheck['verdict']): string {
  return `${LOOK[verdict].sign}`;
}
