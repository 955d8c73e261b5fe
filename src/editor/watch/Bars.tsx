import { useEffect, useRef } from 'react';
import { hub } from '../session/telemetry.ts';
import { onTick } from '../widgets/tick.ts';

interface BarsProps {
  readonly node: string;
  readonly port: string;
  readonly of: 'value' | 'gradient';
  readonly width?: number;
}

const HEIGHT = 20;

/** A histogram that follows training without rendering: values stand, gradients hang. */
export function Bars({ node, port, of, width = 96 }: BarsProps) {
  const path = useRef<SVGPathElement>(null);
  useEffect(() => {
    let shown: unknown;
    return onTick(() => {
      const histogram = hub.view(node, of, port)?.histogram ?? null;
      if (!path.current || histogram === shown) return;
      shown = histogram;
      path.current.setAttribute('d', histogram ? barsOf(histogram, width, of === 'gradient') : '');
    });
  }, [node, port, of, width]);
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true" className="shrink-0">
      <path
        d={of === 'value' ? `M0 ${HEIGHT - 0.5}H${width}` : `M0 0.5H${width}`}
        stroke="var(--border-strong)"
        fill="none"
      />
      <path ref={path} fill={of === 'value' ? 'var(--forward)' : 'var(--backward)'} />
    </svg>
  );
}

function barsOf(histogram: Float32Array, width: number, hangs: boolean): string {
  const highest = Math.max(...histogram);
  if (!(highest > 0)) return '';
  const step = width / histogram.length;
  return Array.from(histogram, (fraction, at) => {
    const size = fraction > 0 ? Math.max(1, (HEIGHT - 2) * (fraction / highest)) : 0;
    const top = hangs ? 1 : HEIGHT - 1 - size;
    return `M${(at * step).toFixed(1)} ${top.toFixed(1)}h${(step - 0.8).toFixed(1)}v${size.toFixed(1)}h-${(step - 0.8).toFixed(1)}z`;
  }).join('');
}
