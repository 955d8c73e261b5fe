import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from '../widgets/Button.tsx';
import { useDialogFocus } from '../widgets/focus-dialog.ts';

interface SheetProps {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A panel on small windows: over the lower part, so that the graph stays in sight. */
export function Sheet({ open, title, onClose, children }: SheetProps) {
  const focus = useDialogFocus();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-30 bg-scrim" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          data-pane={title === 'Inspector' ? 'inspector' : undefined}
          className="sheet-up fixed inset-x-0 bottom-0 z-30 flex h-[72dvh] flex-col rounded-t-xl border-t bg-panel shadow-float outline-none"
        >
          <header className="flex h-10 shrink-0 items-center justify-between pr-2 pl-4">
            <Dialog.Title className="font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close" className="size-9">
                <X size={16} />
              </IconButton>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
