import { Maximize2 } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import type { NodeId } from '../../compiler/document.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { statOf } from '../canvas/paint-strip.ts';
import { hasPictures, viewPictures } from '../pictures/viewer-store.ts';
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { derivative, gradientName } from '../store/gradient-names.ts';
import {
  useCostName,
  useDocumentState,
  useIncoming,
  useNode,
  useOutputPorts,
  usePortType,
  useSession,
  useStale,
} from '../store/hooks.ts';
import { formatCount, formatFigure, formatPercent } from '../widgets/format.ts';
import { LiveText } from '../widgets/LiveText.tsx';
import { LivePicture } from './LivePicture.tsx';
import { Fact, Facts, Section } from './Section.tsx';

type Of = 'value' | 'gradient';

/** What is told of activations besides. */
const HEALTH: Readonly<Record<string, { readonly label: string; readonly title: string }>> = {
  Tanh: { label: 'saturated', title: 'Outputs beyond ±0.97, where the slope is almost 0' },
  Sigmoid: { label: 'saturated', title: 'Outputs below 0.015 or above 0.985, where the slope is almost 0' },
  Softmax: { label: 'saturated', title: 'Rows whose largest probability is above 0.97' },
  Relu: { label: 'dead units', title: 'Units that give 0 in every row of the batch, and so learn nothing from it' },
};

interface LiveBlocksProps {
  readonly node: NodeId;
  readonly record: OpRecord | undefined;
  readonly only?: Of;
}

/**
 * What flows through a node now: its values, and the gradient of the cost with respect to them. Of a node without
 * outputs, what flows into it.
 */
export function LiveBlocks({ node, record, only }: LiveBlocksProps) {
  const ports = useOutputPorts(node);
  const source = useIncoming(node)[0]?.source;
  const differentiated = useSession((state) => state.derived.nodes.some((derived) => derived.of === node));
  const names = useDocumentState(
    useShallow(({ document: { graph } }) => ports.map((port) => gradientName(graph, editor.registry, { node, port }))),
  );
  const nameOf = (port: string) => names[ports.indexOf(port)] ?? port;
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
            title={ports.length > 1 ? `Value of ${nameOf(port)}` : 'Value'}
          />
        ))}
      {only !== 'gradient' && ports.length === 0 && source && <Block {...source} of="value" title="Value" />}
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
  const cost = useCostName();
  const { name, op = '' } = useNode(node) ?? {};
  const health = HEALTH[op];
  const single = type?.shape.every((dim) => dim === 1) ?? false;
  const view = () => hub.view(node, of, port);
  const stat = (name: Parameters<typeof statOf>[1]) => {
    const now = view();
    return now ? statOf(now, name) : null;
  };
  const heading = (
    <span className={of === 'value' ? 'text-forward' : 'text-backward'}>
      {title}
      {of === 'gradient' && cost && name && <span className="font-normal text-faint"> {derivative(cost, name)}</span>}
    </span>
  );
  return (
    <Section
      title={heading}
      aside={
        <LiveText
          read={() => {
            const step = view()?.step;
            if (step === undefined) return 'not yet computed';
            return stale ? 'before the last edit' : `step ${formatCount(step)}`;
          }}
        />
      }
    >
      <LivePicture node={node} port={port} of={of} />
      {hasPictures(editor, node, port) && (
        <button
          type="button"
          className="mb-1 flex min-h-6 items-center gap-1 text-muted text-sm underline decoration-dotted underline-offset-2 hover:text-ink"
          onClick={() => viewPictures(editor, node, port, of)}
        >
          <Maximize2 size={12} aria-hidden="true" /> {of === 'gradient' ? 'Gradient as pictures' : 'As pictures'}
        </button>
      )}
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
            {health && (
              <Fact label={<span title={health.title}>{health.label}</span>}>
                <LiveText read={() => formatPercent(view()?.health)} />
              </Fact>
            )}
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
