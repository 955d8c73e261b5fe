import { useRef } from 'react';
import { editor } from '../store/editor.ts';

/** Gives a dialog that opens the keyboard as a whole: its first button would show a tooltip over the content. */
function focusDialog(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

interface DialogFocus {
  readonly onOpenAutoFocus: (event: Event) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/**
 * Where the keyboard goes when a dialog opens and closes. A dialog that no trigger opened gives it back to what had it
 * before; where that is gone, to the canvas.
 */
export function useDialogFocus(onOpen: (event: Event) => void = focusDialog): DialogFocus {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus(event) {
      before.current = document.activeElement;
      onOpen(event);
    },
    onCloseAutoFocus(event) {
      event.preventDefault();
      const had = before.current;
      const isThere = had instanceof HTMLElement && had.isConnected && had !== document.body;
      // A node that was added by keys is the one to go on with.
      const [selected] = editor.ui.getState().selection.nodes;
      const fromNode = isThere && had.classList.contains('react-flow__node');
      if (selected !== undefined && (fromNode || !isThere)) return editor.view.focus(selected);
      const next = isThere ? had : document.querySelector<HTMLElement>('[data-canvas]');
      next?.focus({ preventScroll: true });
    },
  };
}

/** For dialogs whose content takes the keyboard by itself. */
export function leaveFocus(): void {}
