import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { AttributeValue, DocumentNode } from '../../compiler/document.ts';
import { type AttributeSpec, completeAttributes, type OpRecord } from '../../compiler/op.ts';
import { setAttribute } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useWhole } from '../store/hooks.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';

interface AttributeFormProps {
  readonly node: DocumentNode;
  readonly record: OpRecord;
  readonly problems: readonly Diagnostic[];
}

/** The attributes of a node's operator that matter with the others as they are. */
export function AttributeForm({ node, record, problems }: AttributeFormProps) {
  const values = completeAttributes(record, node.attributes);
  const shown = Object.entries(record.attributes).filter(
    ([, { when }]) => !when || when.is.includes(values[when.attribute] as AttributeValue),
  );
  const own = useWhole((state) => state.document.graph.datasets);
  const withOwn = (spec: AttributeSpec): AttributeSpec =>
    spec.type === 'dataset' ? { ...spec, choices: [...Object.keys(own ?? {}), ...(spec.choices ?? [])] } : spec;
  return (
    <div className="flex flex-col gap-1.5">
      {shown.map(([name, spec]) => (
        <AttributeField
          key={name}
          name={name}
          spec={withOwn(spec)}
          value={values[name] as AttributeValue}
          problem={problems.find((problem) => problem.place.attribute === name)?.cause}
          onCommit={(value, policy) => void setAttribute.run(editor, { node: node.id, attribute: name, value, policy })}
        />
      ))}
      {record.random && record.attributes.seed && (
        <p className="text-faint text-sm">seed: {record.attributes.seed.doc}</p>
      )}
    </div>
  );
}
