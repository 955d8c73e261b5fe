import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { AttributeValue, DocumentNode } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { printType, type TensorType } from '../../compiler/types.ts';
import { CheckBadge } from '../check/CheckBadge.tsx';
import { wiresOf } from '../store/graph-index.ts';
import { useBadges, useDocumentState, useInputPorts, useOutputPorts, usePortType } from '../store/hooks.ts';
import { BadgeMark } from './BadgeMark.tsx';
import { badgeText } from './node-label.ts';
import { Ports } from './Ports.tsx';
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

interface NodeBodyProps {
  readonly node: DocumentNode;
  readonly record: OpRecord | undefined;
}

/** What of a node is left out where it could not be read: its type, its value above its gradient, and its ports. */
export const NodeBody = memo(function NodeBody({ node, record }: NodeBodyProps) {
  const { id } = node;
  const inputs = useInputPorts(id);
  const outputs = useOutputPorts(id);
  const wired = useDocumentState(
    useShallow((state) => wiresOf(state.document.graph.edges, id).incoming.map((edge) => edge.target.port)),
  );
  const type = usePortType(id, outputs[0] ?? '');
  const badges = useBadges(id);
  const shown = useShown(id, outputs);
  const flowing = usePortType(shown?.node ?? '', shown?.port ?? '');
  const ending = record?.kind === 'port' ? flowing : undefined;
  const detail = ending
    ? shortType(ending)
    : type
      ? shortType(type)
      : outputs.length === 0
        ? keyAttributes(record, node)
        : '';
  return (
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
  );
});
