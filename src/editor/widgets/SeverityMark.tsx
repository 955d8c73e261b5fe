import type { Severity } from '../../compiler/diagnostics.ts';

const COLOURS: Record<Severity, string> = { error: 'text-error', warning: 'text-warning', notice: 'text-muted' };

/** Red square, amber triangle or grey ring: severity shows without colour too. */
export function SeverityMark({ severity, size = 12 }: { readonly severity: Severity; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      className={`shrink-0 ${COLOURS[severity]}`}
      role="img"
      aria-label={severity}
    >
      {severity === 'error' && <rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor" />}
      {severity === 'warning' && <path d="M6 1.2 11.4 10.8H.6Z" fill="currentColor" strokeLinejoin="round" />}
      {severity === 'notice' && <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />}
    </svg>
  );
}
