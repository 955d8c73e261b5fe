import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { AttributeValue, DocumentNode } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { printType, type TensorType } from '../../compiler/types.ts';
import { CheckBadge } from '../check/CheckBadge.tsx';
import { wiresOf } from '../store/graph-index.ts';
import {
  useBadges,
  useBlocked,
  useDiagnosticsOf,
  useDocumentState,
  useHighlight,
  useInputPorts,
  useNode,
  useOutputPorts,
  usePortType,
  useRecord,
} from '../store/hooks.ts';
import { BadgeMark } from './BadgeMark.tsx';
import type { FlowNode } from './flow-nodes.ts';
import { useBlock } from './level.ts';
import { NodeName } from './NodeName.tsx';
import { NodeProblems } from './NodeProblems.tsx';
import { useFound, useLeftOut } from './node-hooks.ts';
import { badgeText } from './node-label.ts';
import { Ports } from './Ports.tsx';
import { roleOf } from './roles.ts';
import { StatusMark } from './StatusMark.tsx';
import { Strip } from './Strip.tsx';

function printAttribute(value: AttributeValue): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(3)));
  return Array.isArray(value) ? value.join(' ') : String(value);
}

/** Characters that fit on the line below the title. */
const LINE = 16;

/** Where it does not fit, float32 goes without saying. */
function shortType(type: TensorType): string {
  const text = printType(type);
  return text.length > LINE && type.dtype === 'float32' ? text.replace(/^f32/, '') : text;
}

/** For operators without a value of their own: one or two attributes that say what they do. */
function keyAttributes(record: OpRecord | undefined, node: DocumentNode): string {
  const [first = '', second] = Object.entries(record?.attributes ?? {})
    .map(([name, spec]) => ({ name, value: node.attributes[name] ?? spec.default, changed: name in node.attributes }))
    .filter(({ value, changed }, index) => (index === 0 || changed) && !(Array.isArray(value) && value.length === 0))
    .map(({ name, value }) => (typeof value === 'string' ? value : `${name} ${printAttribute(value)}`));
  const both = `${first} ${second}`;
  return second !== undefined && both.length <= LINE ? both : first;
}

/** What the strip of a node shows: its first output, or what flows in where it has none. */
function useShown(id: string, outputs: readonly string[]): { readonly node: string; readonly port: string } | null {
  return useDocumentState(
    useShallow((state) => {
      const [output] = outputs;
      if (output !== undefined) return { node: id, port: output };
      return wiresOf(state.document.graph.edges, id).incoming[0]?.source ?? null;
    }),
  );
}

/** A node: glyph, name and status; its type; its value above its gradient. What is wrong stands below it. */
export const OpNode = memo(function OpNode({ id, selected }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const record = useRecord(id);
  const inputs = useInputPorts(id);
  const outputs = useOutputPorts(id);
  const wired = useDocumentState(
    useShallow((state) => wiresOf(state.document.graph.edges, id).incoming.map((edge) => edge.target.port)),
  );
  const type = usePortType(id, outputs[0] ?? '');
  const problems = useDiagnosticsOf(id);
  const blocked = useBlocked(id);
  const badges = useBadges(id);
  const mark = useHighlight((highlight) =>
    highlight?.obstacles.has(id) ? 'obstacle' : highlight?.at === id ? 'at' : highlight?.path.has(id) ? 'path' : null,
  );
  const shown = useShown(id, outputs);
  const flowing = usePortType(shown?.node ?? '', shown?.port ?? '');
  const leftOut = useLeftOut(id);
  const block = useBlock();
  const found = useFound(id);
  if (!node) return null;
  const severity = problems[0]?.severity ?? null;
  // Ports that still wait for a wire are part of drawing: the mark says it, the words come with the selection.
  const told = problems.filter(
    ({ code, severity }) =>
      (severity === 'error' && code !== 'graph/missing-input') || (selected && severity !== 'notice'),
  );
  const ending = record?.kind === 'port' ? flowing : undefined;
  const detail = ending
    ? shortType(ending)
    : type
      ? shortType(type)
      : outputs.length === 0
        ? keyAttributes(record, node)
        : '';
  return (
    <div
      className="op-node"
      data-role={roleOf(record)}
      data-severity={severity ?? undefined}
      data-blocked={blocked || undefined}
      data-mark={mark ?? undefined}
      data-off={node.muted || leftOut ? 'muted' : node.bypassed ? 'bypassed' : undefined}
      data-found={found ?? undefined}
    >
      <div className="node-title">
        <span className="node-glyph" aria-hidden="true">
          {record?.glyph ?? '?'}
        </span>
        <NodeName id={id} name={node.name} />
        <StatusMark
          severity={severity}
          blocked={blocked}
          off={node.muted ? 'muted' : leftOut ? 'left-out' : node.bypassed ? 'bypassed' : null}
          title={problems[0]?.title ?? (blocked ? 'Waits for an error further up' : undefined)}
        />
      </div>
      {/* Of what could not be read nothing is made: large graphs open and move the faster. */}
      {!block && (
        <>
          <div className="node-type" title={`${operatorTitle(record, node.op)}: ${type ? printType(type) : detail}`}>
            <span className="node-type-text">{detail || operatorTitle(record, node.op)}</span>
            {badges.map((badge) => (
              <BadgeMark key={badge.kind + badge.text} kind={badge.kind} title={badgeText(badge)} />
            ))}
            {record?.kind === 'parameter' && <CheckBadge node={id} />}
          </div>
          {shown && (
            <Strip node={shown.node} port={shown.port} variant={record?.kind === 'parameter' ? 'parameter' : 'value'} />
          )}
          <Ports node={id} record={record} inputs={inputs} outputs={outputs} wired={wired} />
        </>
      )}
      <NodeProblems problems={told} />
    </div>
  );
});
