import { useEffect, useState } from 'react';

interface NumberFieldProps {
  readonly id?: string;
  /** Accessible name, where no label belongs to it. */
  readonly label?: string;
  readonly value: number;
  readonly accepts: (value: number) => boolean;
  readonly onChange: (value: number) => void;
}

/** A number that counts as soon as it can be accepted; until then it is marked as invalid, and the old one stays. */
export function NumberField({ id, label, value, accepts, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const isGood = (typed: string) => typed.trim() !== '' && Number.isFinite(Number(typed)) && accepts(Number(typed));
  return (
    <input
      id={id}
      aria-label={label}
      className="field max-w-24 font-mono text-sm"
      inputMode="decimal"
      autoComplete="off"
      value={text}
      aria-invalid={!isGood(text) || undefined}
      onChange={({ target }) => {
        setText(target.value);
        if (isGood(target.value) && Number(target.value) !== value) onChange(Number(target.value));
      }}
      onBlur={() => setText(String(value))}
    />
  );
}
