import { useId } from 'react';
import type { AttributeSpec } from '../../compiler/op.ts';
import { LOOP_GROUPS, LOOP_SPECS, type LoopGroup, type LoopOptions } from '../../compiler/training-options.ts';
import { editor } from '../store/editor.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { setLoop } from './commands.ts';
import { CHOICES, LABELS } from './words.ts';

interface ChoiceFieldProps {
  readonly label: string;
  readonly doc?: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

/** A list whose entries are called otherwise than the values they stand for. */
export function ChoiceField({ label, doc, value, choices, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-2">
      <label htmlFor={id} title={doc} className="min-w-0 truncate py-1 text-muted">
        {label}
      </label>
      <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface LoopFieldProps {
  readonly loop: LoopOptions;
  readonly group: LoopGroup | null;
  readonly name: string;
  /** In place of the choices of the option. */
  readonly choices?: readonly (readonly [value: string, label: string])[];
}

/** One option of the training loop; nothing while another option makes it idle. */
export function LoopField({ loop, group, name, choices }: LoopFieldProps) {
  const specs: Readonly<Record<string, AttributeSpec>> = group ? LOOP_GROUPS[group] : LOOP_SPECS;
  const values = (group ? loop[group] : loop) as Readonly<Record<string, string | number | boolean>>;
  const spec = specs[name];
  const value = values[name];
  if (!spec || value === undefined) return null;
  if (spec.when && !spec.when.is.includes(values[spec.when.attribute] ?? '')) return null;
  const key = group ? `${group}.${name}` : name;
  const label = LABELS[key] ?? name;
  const set = (next: unknown) => void setLoop.run(editor, { group, name, value: next });
  const listed = choices ?? spec.choices?.map((choice) => [choice, CHOICES[`${key}.${choice}`] ?? choice] as const);
  if (listed) {
    return <ChoiceField label={label} doc={spec.doc} value={String(value)} choices={listed} onChange={set} />;
  }
  return <AttributeField name={label} spec={spec} value={value} onCommit={set} />;
}

/** All options of a group in their order, without those that are shown elsewhere. */
export function LoopFields({
  loop,
  group,
  without = [],
}: {
  readonly loop: LoopOptions;
  readonly group: LoopGroup;
  readonly without?: readonly string[];
}) {
  return Object.keys(LOOP_GROUPS[group])
    .filter((name) => !without.includes(name))
    .map((name) => <LoopField key={name} loop={loop} group={group} name={name} />);
}
