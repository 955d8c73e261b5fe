import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { memberIndex, portSpec } from '../store/graph-index.ts';
import { useGradientName } from '../store/hooks.ts';
import { portOffset } from './geometry.ts';

interface PortsProps {
  readonly node: NodeId;
  readonly record: OpRecord | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of inputs that have a wire. */
  readonly wired: readonly string[];
}

/** The free member of a variadic port is a plus sign; members have the port's name and their number. */
function portLabel(record: OpRecord | undefined, port: string, isWired: boolean): string {
  const spec = record && portSpec([...record.inputs, ...record.outputs], port);
  if (!spec?.variadic) return port;
  return isWired ? `${spec.name} ${(memberIndex(port, spec.name) ?? 0) + 1}` : '+';
}

export const Ports = memo(function Ports({ node, record, inputs, outputs, wired }: PortsProps) {
  return (
    <>
      {inputs.map((port, index) => {
        const spec = record && portSpec(record.inputs, port);
        const isWired = wired.includes(port);
        const label = portLabel(record, port, isWired);
        return (
          <Handle
            key={port}
            id={port}
            type="target"
            position={Position.Left}
            className="port"
            role="button"
            tabIndex={-1}
            aria-label={`Input ${label === '+' ? `${spec?.name ?? port}, one more` : label}${isWired ? '' : ', no wire'}`}
            style={{ top: portOffset(index) }}
            title={spec ? `${spec.name}: ${spec.doc}` : port}
            data-state={isWired ? 'wired' : spec?.optional || spec?.variadic ? 'optional' : 'open'}
          >
            <span className="port-label" data-always={inputs.length > 1 || undefined}>
              {label}
            </span>
          </Handle>
        );
      })}
      {outputs.map((port, index) => (
        <Output key={port} node={node} record={record} port={port} index={index} always={outputs.length > 1} />
      ))}
    </>
  );
});

interface OutputProps extends Pick<PortsProps, 'node' | 'record'> {
  readonly port: string;
  readonly index: number;
  /** The name shows without pointing at it. */
  readonly always: boolean;
}

/** A gradient is called by what it is the gradient of. */
function Output({ node, record, port, index, always }: OutputProps) {
  const spec = record && portSpec(record.outputs, port);
  const gradient = useGradientName(node, port);
  const doc = spec ? `${spec.name}: ${spec.doc}` : port;
  return (
    <Handle
      id={port}
      type="source"
      position={Position.Right}
      className="port"
      role="button"
      tabIndex={-1}
      aria-label={`Output ${gradient ?? portLabel(record, port, true)}`}
      style={{ top: portOffset(index) }}
      title={gradient ? `${gradient}\n${doc}` : doc}
      data-state="wired"
    >
      <span className="port-label" data-always={always || gradient !== null || undefined}>
        {gradient ?? portLabel(record, port, true)}
      </span>
    </Handle>
  );
}
