/** The parts of the window that F6 goes through, so that no part is many presses of Tab away. */
import type { Editor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';

const PANES = [
  'top',
  'course',
  'operators',
  'canvas',
  'outline',
  'training',
  'compiler',
  'analysis',
  'code',
  'inspector',
] as const;
export type Pane = (typeof PANES)[number];

const TABBABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

const elementOf = (pane: Pane) => document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);

/** Moves the keyboard into a part of the window. In the inspector to what is shown, not to the tabs above it. */
export function focusPane(pane: Pane) {
  requestAnimationFrame(() => {
    const element = elementOf(pane);
    if (!element) return;
    const inner = pane === 'inspector' ? element.querySelector<HTMLElement>('[role="tabpanel"]') : null;
    const stops = [...(inner ?? element).querySelectorAll<HTMLElement>(TABBABLE)];
    const main = pane === 'canvas' || pane === 'outline' ? '[role="treeitem"], [role="row"], [role="row"] *' : '*';
    const target = stops.find((stop) => stop.tabIndex === 0 && stop.matches(main) && stop.offsetParent !== null);
    (target ?? element).focus({ preventScroll: pane === 'canvas' });
  });
}

function go(step: 1 | -1): Command {
  return {
    id: step > 0 ? 'view.next-pane' : 'view.previous-pane',
    label: step > 0 ? 'Next part of the window' : 'Previous part of the window',
    group: 'View',
    shortcuts: [step > 0 ? 'F6' : 'Shift+F6'],
    global: true,
    enabled: always,
    run(_editor: Editor) {
      const present = PANES.filter((pane) => elementOf(pane) !== null);
      const here = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
      const at = present.indexOf(here as Pane);
      const next = present[(at + step + present.length) % present.length];
      if (next) focusPane(next);
    },
  };
}

export const nextPane = go(1);
export const previousPane = go(-1);
