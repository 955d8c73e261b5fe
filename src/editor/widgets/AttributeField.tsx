import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import type { AttributeValue } from '../../compiler/document.ts';
import type { AttributeSpec } from '../../compiler/op.ts';
import type { HistoryPolicy } from '../store/types.ts';
import { parseAttribute, printAttribute } from './attribute-text.ts';
import { Toggle } from './Toggle.tsx';

interface AttributeFieldProps {
  readonly name: string;
  readonly spec: AttributeSpec;
  readonly value: AttributeValue;
  /** What the compiler says about the value, if it is not content. */
  readonly problem?: string | undefined;
  readonly onCommit: (value: AttributeValue, policy: HistoryPolicy) => void;
}

/** One attribute of an operator: its name, the widget of its type, and why a value is refused. */
export function AttributeField({ name, spec, value, problem, onCommit }: AttributeFieldProps) {
  const id = useId();
  const label = (
    <label htmlFor={id} title={spec.doc} className="min-w-0 truncate py-1 text-muted">
      {name}
    </label>
  );
  if (spec.type === 'boolean') {
    return (
      <Row label={label}>
        <Toggle id={id} checked={value === true} onChange={(checked) => onCommit(checked, 'record')} />
      </Row>
    );
  }
  if (spec.type === 'choice' || spec.type === 'dataset') {
    const choices = [...new Set([...(spec.choices ?? []), String(value)])];
    return (
      <Row label={label} reason={problem} id={id}>
        <select
          id={id}
          className="field"
          value={String(value)}
          aria-describedby={problem ? `${id}-reason` : undefined}
          onChange={(event) => onCommit(event.target.value, 'record')}
        >
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </Row>
    );
  }
  return <TextField id={id} label={label} spec={spec} value={value} problem={problem} onCommit={onCommit} />;
}

interface TextFieldProps extends Omit<AttributeFieldProps, 'name'> {
  readonly id: string;
  readonly label: React.ReactNode;
}

/**
 * The text belongs to the user while it is edited and while it is wrong; a valid one is committed by Enter or by
 * leaving the field. Escape returns to the value in the document.
 */
function TextField({ id, label, spec, value, problem, onCommit }: TextFieldProps) {
  const printed = printAttribute(value);
  const [text, setText] = useState(printed);
  const [reason, setReason] = useState<string | null>(null);

  // Undo, a fix or another node changes the value from outside.
  useEffect(() => {
    setText(printed);
    setReason(null);
  }, [printed]);

  const commit = (next: string, policy: HistoryPolicy) => {
    const parsed = parseAttribute(spec, next);
    setReason(parsed.ok ? null : parsed.reason);
    if (!parsed.ok) return;
    const canonical = printAttribute(parsed.value);
    setText(canonical);
    if (canonical !== printed) onCommit(parsed.value, policy);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Enter' && (spec.type !== 'text' || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      commit(text, 'record');
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setText(printed);
      setReason(null);
    } else if (
      (event.key === 'ArrowUp' || event.key === 'ArrowDown') &&
      (spec.type === 'int' || spec.type === 'float')
    ) {
      event.preventDefault();
      const parsed = parseAttribute(spec, text);
      if (parsed.ok) commit(String(stepped(spec, Number(parsed.value), event.key === 'ArrowUp' ? 1 : -1)), 'merge');
    }
  };

  const shown = reason ?? problem;
  const common = {
    id,
    value: text,
    spellCheck: false,
    placeholder: Array.isArray(spec.default) ? 'none' : undefined,
    'aria-invalid': shown ? true : undefined,
    'aria-describedby': shown ? `${id}-reason` : undefined,
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
    onBlur: () => commit(text, 'record'),
    onKeyDown,
  } as const;
  const long = spec.type === 'text' || text.length > 60;
  return (
    <Row label={label} reason={shown} id={id}>
      {long ? (
        <textarea {...common} rows={4} className="field scroll-thin resize-y" />
      ) : (
        <input
          {...common}
          type="text"
          autoComplete="off"
          className={`field ${isText(spec) ? '' : 'font-mono text-sm'}`}
        />
      )}
    </Row>
  );
}

const isText = (spec: AttributeSpec) => spec.type === 'string' || spec.type === 'strings';

interface RowProps {
  readonly label: React.ReactNode;
  readonly reason?: string | null | undefined;
  readonly id?: string;
  readonly children: React.ReactNode;
}

function Row({ label, reason, id, children }: RowProps) {
  return (
    <div className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-2">
      {label}
      <div className="min-w-0">{children}</div>
      {reason && (
        <p id={`${id}-reason`} className="col-start-2 pt-0.5 text-error text-sm">
          {reason}
        </p>
      )}
    </div>
  );
}

/** The next value by arrow key: whole numbers by one, others by one unit of their leading digit. */
function stepped(spec: AttributeSpec, value: number, direction: 1 | -1): number {
  if (spec.type === 'int') return clamp(spec, value + direction);
  const unit = value === 0 ? 0.1 : 10 ** Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return clamp(spec, Number((value + direction * unit).toPrecision(6)));
}

function clamp(spec: AttributeSpec, value: number): number {
  return Math.min(spec.max ?? value, Math.max(spec.min ?? value, value));
}
