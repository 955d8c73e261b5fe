import type { NodeProps } from '@xyflow/react';
import { type CSSProperties, memo } from 'react';
import { useHeat } from '../store/heat.ts';
import { useBlocked, useDiagnosticsOf, useHighlight, useNode, useRecord } from '../store/hooks.ts';
import { useWalked } from '../store/walked.ts';
import type { FlowNode } from './flow-nodes.ts';
import { useBlock } from './level.ts';
import { NodeBody } from './NodeBody.tsx';
import { NodeName } from './NodeName.tsx';
import { NodeProblems } from './NodeProblems.tsx';
import { useFound, useLeftOut } from './node-hooks.ts';
import { roleOf } from './roles.ts';
import { StatusMark } from './StatusMark.tsx';

type OpNodeProps = NodeProps<FlowNode>;

/** Its place is none of its business: a drag moves what is around it. */
const isSame = (a: OpNodeProps, b: OpNodeProps) => a.id === b.id && a.selected === b.selected;

/** A node: glyph, name and status; its type; its value above its gradient. What is wrong stands below it. */
export const OpNode = memo(function OpNode({ id, selected }: OpNodeProps) {
  const node = useNode(id);
  const record = useRecord(id);
  const problems = useDiagnosticsOf(id);
  const blocked = useBlocked(id);
  const mark = useHighlight((highlight) =>
    highlight?.obstacles.has(id) ? 'obstacle' : highlight?.at === id ? 'at' : highlight?.path.has(id) ? 'path' : null,
  );
  const leftOut = useLeftOut(id);
  const block = useBlock();
  const found = useFound(id);
  const walk = useWalked(id);
  const hot = useHeat(id);
  if (!node) return null;
  const severity = problems[0]?.severity ?? null;
  // Ports that still wait for a wire are part of drawing: the mark says it, the words come with the selection.
  const told = problems.filter(
    ({ code, severity }) =>
      (severity === 'error' && code !== 'graph/missing-input') || (selected && severity !== 'notice'),
  );
  return (
    <div
      className="op-node"
      data-role={roleOf(record)}
      data-severity={severity ?? undefined}
      data-blocked={blocked || undefined}
      data-mark={mark ?? undefined}
      data-off={node.muted || leftOut ? 'muted' : node.bypassed ? 'bypassed' : undefined}
      data-found={found ?? undefined}
      data-walk={walk ?? undefined}
      {...(hot && { 'data-heat': hot, style: { '--heat': hot } as CSSProperties })}
    >
      <div className="node-title">
        <span className="node-glyph" aria-hidden="true">
          {record?.glyph ?? '?'}
        </span>
        <NodeName id={id} name={node.name} />
        {!block && (
          <StatusMark
            severity={severity}
            blocked={blocked}
            off={node.muted ? 'muted' : leftOut ? 'left-out' : node.bypassed ? 'bypassed' : null}
            title={problems[0]?.title ?? (blocked ? 'Waits for an error further up' : undefined)}
          />
        )}
      </div>
      {/* Of what could not be read nothing is made: large graphs open and move the faster. */}
      {!block && <NodeBody node={node} record={record} />}
      {!block && <NodeProblems problems={told} />}
    </div>
  );
}, isSame);
