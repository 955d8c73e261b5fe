import { type KeyboardEvent, useRef } from 'react';

interface NameFieldProps {
  readonly name: string;
  /** Accessible name of the field. */
  readonly label?: string;
  readonly className: string;
  /** Called once: with the text on Enter or when the focus goes elsewhere, with null on Escape. */
  readonly onEnd: (text: string | null) => void;
  /** A key ended it: where the focus goes next is up to this. */
  readonly onKey?: (field: HTMLInputElement) => void;
}

/** A field in place of a name that is being changed. */
export function NameField({ name, label = 'Name', className, onEnd, onKey }: NameFieldProps) {
  const ended = useRef(false);
  const end = (text: string | null) => {
    if (!ended.current) onEnd(text);
    ended.current = true;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // Keys that are typed are no shortcuts, and Escape closes nothing else.
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    const field = event.currentTarget;
    end(event.key === 'Enter' ? field.value : null);
    onKey?.(field);
  };
  return (
    <input
      className={className}
      aria-label={label}
      defaultValue={name}
      // biome-ignore lint/a11y/noAutofocus: the user asked to type a name just now
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
