import type { Severity } from '../../compiler/diagnostics.ts';
import { SeverityMark } from '../widgets/SeverityMark.tsx';

interface StatusMarkProps {
  /** Of the worst problem. */
  readonly severity: Severity | null;
  readonly blocked: boolean;
  /** Switched off itself, or by what it needs. */
  readonly off?: 'muted' | 'left-out' | 'bypassed' | null;
  readonly title: string | undefined;
}

const OFF = {
  muted: 'Muted: it is not computed, nor what needs it',
  'left-out': 'Not computed, because something it needs is muted',
  bypassed: 'Bypassed: it lets an input through',
} as const;

/** Crossed circle: muted; dashed ring: left out with it; arrow: bypassed. Filled circle: fine; ring: waits for an error further up; triangle: warning; square: error. */
export function StatusMark({ severity, blocked, off, title }: StatusMarkProps) {
  const bad = severity === 'error' || severity === 'warning';
  return (
    <span className="node-status" title={off && !bad ? OFF[off] : title}>
      {off && !bad ? (
        <span className="status-off" data-off={off}>
          <span className="sr-only">{OFF[off]}</span>
        </span>
      ) : bad ? (
        <SeverityMark severity={severity} size={10} />
      ) : (
        <span className="status-dot" data-blocked={blocked || undefined} />
      )}
    </span>
  );
}
