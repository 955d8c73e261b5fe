import { ChevronRight, Ungroup } from 'lucide-react';
import { useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { printType } from '../../compiler/types.ts';
import { registry as language } from '../../nodes/registry.ts';
import { BadgeMark } from '../canvas/BadgeMark.tsx';
import { badgeText } from '../canvas/node-label.ts';
import { expandNode } from '../commands/expand.ts';
import { rename } from '../commands/nodes.ts';
import { reveal } from '../commands/view.ts';
import { helpOnOperator } from '../help/commands.ts';
import { openHelp } from '../help/help-store.ts';
import { ProblemCard } from '../problems/ProblemCard.tsx';
import { editor } from '../store/editor.ts';
import {
  useBadges,
  useBlocked,
  useDiagnosticsOf,
  useDocumentState,
  useGradientName,
  useIncoming,
  useInputPorts,
  useNode,
  useOutputPorts,
  usePortType,
  useRecord,
  useSession,
} from '../store/hooks.ts';
import { ParameterValues } from '../values/ParameterValues.tsx';
import { Button } from '../widgets/Button.tsx';
import { Formula } from '../widgets/Formula.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { AttributeForm } from './AttributeForm.tsx';
import { Equations } from './Equations.tsx';
import { GradientTools } from './GradientTools.tsx';
import { gradientNote } from './gradient-note.ts';
import { InitialValues } from './InitialValues.tsx';
import { LiveBlocks } from './LiveBlocks.tsx';
import { ModuleSection } from './ModuleSection.tsx';
import { Place } from './Place.tsx';
import { PortActions } from './PortActions.tsx';
import { Fact, Facts, Section } from './Section.tsx';

/** All about one drawn node. */
export function NodeInspector({ id }: { readonly id: NodeId }) {
  const node = useNode(id);
  const record = useRecord(id);
  const problems = useDiagnosticsOf(id);
  const blocked = useBlocked(id);
  if (!node) return null;
  return (
    <>
      <Section>
        <NameField key={node.name} id={id} name={node.name} />
        <p className="text-muted">
          <OperatorName op={node.op} title={operatorTitle(record, node.op)} />
          {record ? ` · ${record.doc.summary}` : ' · This version does not know the operator.'}
        </p>
        {record?.doc.formula && <Formula tex={record.doc.formula} className="mt-1.5 text-lg" />}
        <Badges id={id} />
        {blocked && <p className="mt-1.5 text-muted">Waits for an error further up to be repaired.</p>}
      </Section>
      {problems.length > 0 && (
        <Section>
          <div className="flex flex-col gap-2">
            {problems.map((problem) => (
              <ProblemCard key={problem.code + problem.title} problem={problem} />
            ))}
          </div>
        </Section>
      )}
      <Ports id={id} />
      <Place />
      <Expand />
      <ModuleSection id={id} />
      {record && Object.keys(record.attributes).length > 0 && (
        <Section title="Attributes">
          <AttributeForm node={node} record={record} problems={problems} />
        </Section>
      )}
      {record?.kind === 'parameter' && <InitialValues id={id} record={record} />}
      <LiveBlocks node={id} record={record} />
      {record?.kind === 'parameter' && <ParameterValues id={id} />}
      {record && <GradientTools id={id} record={record} />}
      {record && <Gradient id={id} record={record} />}
      {record?.doc.notes && (
        <Section title="Notes">
          <p className="text-muted">{record.doc.notes}</p>
        </Section>
      )}
    </>
  );
}

/** The operator; a button that explains it where the language has it. */
function OperatorName({ op, title }: { readonly op: string; readonly title: string }) {
  if (!language.has(op)) return <span className="text-faint">{title}</span>;
  return (
    <button
      type="button"
      className="min-h-6 text-faint underline decoration-dotted underline-offset-2 hover:text-ink"
      title={`Help on ${title} (${shortcutOf(helpOnOperator)})`}
      onClick={() => openHelp(op)}
    >
      {title}
    </button>
  );
}

function NameField({ id, name }: { readonly id: NodeId; readonly name: string }) {
  const [text, setText] = useState(name);
  return (
    <input
      aria-label="Name of the node"
      spellCheck={false}
      className="-mx-1.5 w-[calc(100%+12px)] truncate rounded-md border border-transparent bg-transparent px-[5px] py-0.5 font-semibold text-lg hover:border-line"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (text.trim() === '') setText(name);
        else void rename.run(editor, { node: id, name: text });
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(name);
      }}
    />
  );
}

/** What happens at the node without being drawn. */
function Badges({ id }: { readonly id: NodeId }) {
  return useBadges(id).map((badge) => (
    <p key={badge.kind + badge.text} className="mt-1.5 flex items-start gap-1.5 text-muted">
      <BadgeMark kind={badge.kind} />
      <span className="min-w-0 break-words">{badgeText(badge)}</span>
    </p>
  ));
}

/** Offered where the node is a composite whose parts can be drawn. */
function Expand() {
  // Types, and the node itself, decide.
  const offered = useDocumentState(() => expandNode.enabled(editor));
  if (!offered) return null;
  return (
    <Section>
      <Button title={`Shortcut: ${shortcutOf(expandNode)}`} onClick={() => void expandNode.run(editor)}>
        <Ungroup size={14} /> {expandNode.label}
      </Button>
    </Section>
  );
}

function Ports({ id }: { readonly id: NodeId }) {
  const inputs = useInputPorts(id);
  const outputs = useOutputPorts(id);
  if (inputs.length + outputs.length === 0) return null;
  return (
    <Section title="Ports">
      <Facts>
        {inputs.map((port) => (
          <Input key={port} id={id} port={port} />
        ))}
        {outputs.map((port) => (
          <Output key={port} id={id} port={port} />
        ))}
      </Facts>
    </Section>
  );
}

function Input({ id, port }: { readonly id: NodeId; readonly port: string }) {
  const wire = useIncoming(id).find((edge) => edge.target.port === port);
  const source = useNode(wire?.source.node ?? '');
  const type = usePortType(wire?.source.node ?? '', wire?.source.port ?? '');
  const gradient = useGradientName(wire?.source.node ?? '', wire?.source.port ?? '');
  return (
    <Fact label={port}>
      <span className="flex items-center">
        {source ? (
          <button
            type="button"
            className="min-h-6 min-w-0 truncate text-left hover:underline"
            title={`Show ${source.name}`}
            onClick={() => void reveal.run(editor, { node: source.id })}
          >
            {gradient ?? source.name}{' '}
            <span className="font-mono text-muted text-sm">{type ? printType(type) : ''}</span>
          </button>
        ) : (
          <span className="text-faint">no wire</span>
        )}
        <PortActions node={id} port={port} side="target" wires={wire ? [wire.id] : []} />
      </span>
    </Fact>
  );
}

function Output({ id, port }: { readonly id: NodeId; readonly port: string }) {
  const type = usePortType(id, port);
  const gradient = useGradientName(id, port);
  const label = gradient ? (
    <span className="text-backward" title={`${port}: ${gradient}`}>
      {gradient}
    </span>
  ) : (
    <span className="text-forward">{port}</span>
  );
  return (
    <Fact label={label}>
      <span className="flex items-center">
        <span className="min-w-0 font-mono text-sm">{type ? printType(type) : '?'}</span>
        <PortActions node={id} port={port} side="source" wires={[]} />
      </span>
    </Fact>
  );
}

/** The local rule and the equations that came of it in this graph. */
function Gradient({ id, record }: { readonly id: NodeId; readonly record: OpRecord }) {
  const derived = useSession((state) => state.derived.nodes);
  const equations = derived.filter((node) => node.of === id);
  const note = gradientNote(record);
  if (!record.doc.gradient && equations.length === 0 && (record.kind ?? 'operator') !== 'operator') return null;
  return (
    <Section title="Local gradient">
      {record.doc.gradient && <Formula tex={record.doc.gradient} className="text-backward text-lg" />}
      {note && <p className="text-muted">{note}</p>}
      {equations.length > 0 && (
        <details className="group mt-1">
          <summary className="flex min-h-6 list-none items-center gap-1 text-muted hover:text-ink">
            <ChevronRight size={14} className="transition-transform group-open:rotate-90" />
            Equations in this graph
          </summary>
          {equations.map((node) => (
            <Equations key={node.id} node={node} />
          ))}
        </details>
      )}
    </Section>
  );
}
