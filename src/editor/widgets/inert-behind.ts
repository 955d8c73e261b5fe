/**
 * While a dialog is open the page behind it is hidden from assistive technology; this makes it inert as well, so that
 * nothing in it can be clicked, found or come to by keys. Radix marks what it hides with `data-aria-hidden`.
 */
const MARK = 'data-aria-hidden';

/** Watches the page until the result is called. */
export function keepBehindInert(): () => void {
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target instanceof HTMLElement) target.inert = target.getAttribute(MARK) === 'true';
    }
  });
  observer.observe(document.body, { attributeFilter: [MARK], subtree: true });
  return () => observer.disconnect();
}
