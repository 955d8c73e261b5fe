import { Tooltip } from 'radix-ui';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

const KINDS = {
  plain: 'border border-line bg-panel hover:bg-panel-2 hover:border-line-strong',
  primary: 'border border-transparent bg-accent text-on-accent hover:opacity-90',
  quiet: 'border border-transparent hover:bg-panel-2 text-muted hover:text-ink',
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: keyof typeof KINDS;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex min-h-7 items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 transition-colors disabled:opacity-45 ${KINDS[kind]} ${className}`}
      {...rest}
    />
  );
}

interface IconButtonProps extends ButtonProps {
  /** Accessible name, and the tooltip. */
  readonly label: string;
  readonly shortcut?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
}

/** A square button with an icon; its name shows as a tooltip. */
export function IconButton({
  label,
  shortcut,
  side,
  kind = 'quiet',
  className = '',
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut} side={side}>
      <Button kind={kind} aria-label={label} className={`size-7 shrink-0 justify-center px-0! ${className}`} {...rest}>
        {children}
      </Button>
    </Tip>
  );
}

interface TipProps {
  readonly text: ReactNode;
  readonly shortcut?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  readonly children: ReactNode;
}

/** A short explanation on hover and focus of the one element inside. */
export function Tip({ text, shortcut, side = 'bottom', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="fade z-50 max-w-72 rounded-md border border-line bg-panel px-2 py-1 text-sm shadow-float"
        >
          {text}
          {shortcut && <Key>{shortcut}</Key>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** A key of the keyboard. */
export function Key({ children }: { readonly children: ReactNode }) {
  return <kbd className="ml-2 rounded-sm border border-line-strong px-1 font-mono text-xs text-muted">{children}</kbd>;
}
