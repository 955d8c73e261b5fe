import '@xyflow/react/dist/style.css';
import './canvas.css';
import './gestures/gestures.css';
import './access.css';
import { ReactFlowProvider } from '@xyflow/react';
import { useRef } from 'react';
import { FindBar } from '../find/FindBar.tsx';
import { useStale, useUi } from '../store/hooks.ts';
import { Breadcrumb } from './Breadcrumb.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { ConnectHint } from './ConnectHint.tsx';
import { Graph } from './Graph.tsx';
import { onClick, onDoubleClick, onFocus, onKeyDown, onPointerDown } from './gestures/clicks.ts';
import { onDragLeave, onDragOver, onDrop } from './gestures/drop.ts';
import { forgetSpace, onSpaceDown, onSpaceUp } from './gestures/space-tap.ts';
import { useCut } from './gestures/use-cut.ts';
import { WheelQuestion } from './WheelQuestion.tsx';
import { ArrowHeads } from './Wire.tsx';

/** The canvas: the document as nodes and wires, the layers derived from it, and every gesture that edits it. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function Flow() {
  const root = useRef<HTMLDivElement>(null);
  const forward = useUi((state) => state.layers.forward);
  const stale = useStale();
  const onCut = useCut();

  return (
    <CanvasMenu>
      <section
        ref={root}
        aria-label="Canvas"
        tabIndex={-1}
        className="graph-canvas"
        data-canvas
        data-pane="canvas"
        data-forward={forward ? undefined : 'off'}
        data-stale={stale || undefined}
        onDoubleClick={onDoubleClick}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        onKeyDownCapture={onSpaceDown}
        onKeyUp={onSpaceUp}
        onPointerDownCapture={onCut}
        onPointerDown={onPointerDown}
        onPointerUp={forgetSpace}
        onDragOver={onDragOver}
        onDragLeave={onDragLeave}
        onDrop={onDrop}
      >
        <ArrowHeads />
        <Graph root={root} />
        <ConnectHint />
        <Breadcrumb />
        <FindBar />
        <WheelQuestion />
      </section>
    </CanvasMenu>
  );
}
