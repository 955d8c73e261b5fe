import { ViewportPortal } from '@xyflow/react';
import { useStore } from 'zustand/react';
import { feedback } from './gestures/feedback.ts';

/** Lines that nodes snap to, outlines of copies on their way, and the line that cuts wires. */
export function GestureLines() {
  const { guides, ghosts, cut } = useStore(feedback);
  if (guides.length + ghosts.length + cut.length === 0) return null;
  return (
    <ViewportPortal>
      <svg className="gesture-lines" aria-hidden="true">
        {guides.map(({ axis, at, from, to }) => (
          <path
            key={`${axis}${at}`}
            className="guide"
            d={axis === 'x' ? `M${at},${from}V${to}` : `M${from},${at}H${to}`}
          />
        ))}
        {ghosts.map(({ x, y, width, height }) => (
          <rect key={`${x},${y}`} className="ghost" x={x} y={y} width={width} height={height} rx={8} />
        ))}
        {cut.length > 1 && <polyline className="cut" points={cut.map(({ x, y }) => `${x},${y}`).join(' ')} />}
      </svg>
    </ViewportPortal>
  );
}
