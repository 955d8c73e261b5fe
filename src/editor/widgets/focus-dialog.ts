/** Gives a dialog that opens the keyboard as a whole: its first button would show a tooltip over the content. */
export function focusDialog(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}
