import type { Severity } from '../../compiler/diagnostics.ts';
import { SeverityMark } from '../widgets/SeverityMark.tsx';

interface StatusMarkProps {
  /** Of the worst problem. */
  readonly severity: Severity | null;
  readonly blocked: boolean;
  readonly title: string | undefined;
}

/** Filled circle: fine; ring: waits for an error further up; triangle: warning; square: error. */
export function StatusMark({ severity, blocked, title }: StatusMarkProps) {
  const bad = severity === 'error' || severity === 'warning';
  return (
    <span className="node-status" title={title}>
      {bad ? (
        <SeverityMark severity={severity} size={10} />
      ) : (
        <span className="status-dot" data-blocked={blocked || undefined} />
      )}
    </span>
  );
}
