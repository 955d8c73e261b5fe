import { Switch } from 'radix-ui';

interface ToggleProps {
  readonly id?: string;
  /** Accessible name, where no label belongs to it. */
  readonly label?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly onChange: (checked: boolean) => void;
}

export function Toggle({ id, label, checked, disabled, className = 'my-1', onChange }: ToggleProps) {
  return (
    <Switch.Root
      id={id}
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className={`relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-panel-2 transition-colors after:absolute after:-inset-1 disabled:opacity-45 data-[state=checked]:bg-accent ${className}`}
    >
      <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-muted transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
    </Switch.Root>
  );
}
