import { useEffect, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { readColours } from '../canvas/paint-colours.ts';
import { isScalar, paintPlanes, paintValue, statOf } from '../canvas/paint-strip.ts';
import { hub } from '../session/telemetry.ts';
import { useDocumentState, useOutputPorts, usePortType, useSession, useStale } from '../store/hooks.ts';
import { formatCount, formatFigure, formatPercent } from '../widgets/format.ts';
import { LiveText } from '../widgets/LiveText.tsx';
import { onTick } from '../widgets/tick.ts';
import { Fact, Facts, Section } from './Section.tsx';

type Of = 'value' | 'gradient';

interface LiveBlocksProps {
  readonly node: NodeId;
  readonly record: OpRecord | undefined;
  readonly only?: Of;
}

/** What flows through a node now: its values, and the gradient of the cost with respect to them. */
export function LiveBlocks({ node, record, only }: LiveBlocksProps) {
  const ports = useOutputPorts(node);
  const differentiated = useSession((state) =>
    state.derived.nodes.some((it) => it.role === 'backward' && it.of === node),
  );
  if (!record || record.kind === 'note') return null;
  return (
    <>
      {only !== 'gradient' &&
        ports.map((port) => (
          <Block
            key={port}
            node={node}
            port={port}
            of="value"
            title={ports.length > 1 ? `Value of ${port}` : 'Value'}
          />
        ))}
      {only !== 'value' && differentiated && <Block node={node} port={ports[0] ?? ''} of="gradient" title="Gradient" />}
    </>
  );
}

interface BlockProps {
  readonly node: NodeId;
  readonly port: string;
  readonly of: Of;
  readonly title: string;
}

function Block({ node, port, of, title }: BlockProps) {
  const type = usePortType(node, port);
  const stale = useStale();
  const cost = useDocumentState((state) => state.document.graph.nodes[state.check.cost ?? '']?.name);
  const single = type?.shape.every((dim) => dim === 1) ?? false;
  const view = () => hub.view(node, of, port);
  const stat = (name: Parameters<typeof statOf>[1]) => {
    const now = view();
    return now ? statOf(now, name) : null;
  };
  const heading = (
    <span className={of === 'value' ? 'text-forward' : 'text-backward'}>
      {title}
      {of === 'gradient' && cost && <span className="font-normal text-faint"> of {cost}</span>}
    </span>
  );
  return (
    <Section
      title={heading}
      aside={
        stale ? (
          'before the last edit'
        ) : (
          <LiveText read={() => (view() ? `step ${formatCount(view()?.step)}` : 'not yet computed')} />
        )
      }
    >
      <Picture node={node} port={port} of={of} />
      <Facts>
        {single ? (
          <Fact label="value">
            <LiveText read={() => formatFigure(stat('mean'), 4)} />
          </Fact>
        ) : of === 'value' ? (
          <>
            <Fact label="mean, sd">
              <LiveText read={() => `${formatFigure(stat('mean'))}, ${formatFigure(stat('std'))}`} />
            </Fact>
            <Fact label="range">
              <LiveText read={() => `${formatFigure(stat('min'))} to ${formatFigure(stat('max'))}`} />
            </Fact>
          </>
        ) : (
          <>
            <Fact label="norm">
              <LiveText read={() => formatFigure(stat('norm'))} />
            </Fact>
            <Fact label="zero">
              <LiveText read={() => formatPercent(stat('zero'))} />
            </Fact>
          </>
        )}
      </Facts>
    </Section>
  );
}

/** Values of a single number that are kept for its course. */
const COURSE = 200;

function Picture({ node, port, of }: Omit<BlockProps, 'title'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const course: number[] = [];
    let shown = '';
    let last: ReturnType<typeof hub.view> = null;
    return onTick(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context) return;
      const view = hub.view(node, of, port);
      const look = `${element.offsetWidth} ${window.devicePixelRatio} ${document.documentElement.dataset.theme}`;
      if (view === last && look === shown) return;
      if (!view || (last && view.step < last.step)) course.length = 0;
      if (view && view !== last && isScalar(view)) course.push(statOf(view, 'mean'));
      if (course.length > COURSE) course.shift();
      last = view;
      shown = look;

      const { offsetWidth: width, offsetHeight: height } = element;
      const scale = window.devicePixelRatio;
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      const brush = { context, width, height, colours: readColours() };
      if (of === 'gradient' && view?.pixels) paintPlanes(brush, view, true);
      else paintValue(brush, of === 'value' ? view : null, of === 'gradient' ? view : null, course);
    });
  }, [node, port, of]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`Distribution of the ${of}`}
      className="-mx-1 mb-1 block h-16 w-[calc(100%+8px)]"
    />
  );
}
