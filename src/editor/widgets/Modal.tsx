import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './Button.tsx';
import { useDialogFocus } from './focus-dialog.ts';

interface ModalProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A dialog in the middle of the window; on small windows it fills the width. */
export function Modal({ open, onClose, title, description, className = 'max-w-md', children }: ModalProps) {
  const focus = useDialogFocus();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          {...focus}
          className={`rise fixed inset-x-2 top-[min(12vh,96px)] z-40 mx-auto flex max-h-[calc(100dvh-min(12vh,96px)-16px)] flex-col rounded-xl border border-line bg-panel shadow-float outline-none ${className}`}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="flex items-start gap-2 px-4 pt-3 pb-2">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="font-semibold text-lg leading-7">{title}</Dialog.Title>
              {description && <Dialog.Description className="text-muted">{description}</Dialog.Description>}
            </div>
            <Dialog.Close asChild>
              <IconButton label="Close" shortcut="Esc">
                <X size={16} />
              </IconButton>
            </Dialog.Close>
          </header>
          <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
