/** Moves the keyboard to the search in the graph, once it is there. */
export function focusFind(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>('[data-find]');
    field?.focus();
    field?.select();
  });
}
