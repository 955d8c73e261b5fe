/** Which gradient is being explained, along which way, and at which step of it. */
import { createStore } from 'zustand/vanilla';
import type { NodeId, PortRef } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Editor } from '../store/create-editor.ts';
import { editor as pageEditor } from '../store/editor.ts';
import { locator } from '../store/sheets.ts';
import { tracedPath } from '../store/traced-path.ts';
import { valueKey, Ways } from './paths.ts';

export interface Explaining {
  /** From the value to the cost, in flat ids. */
  readonly path: readonly PortRef[];
  /** The user that is followed at a value, where one was chosen. */
  readonly chosen: Readonly<Record<string, NodeId>>;
  /** The value of the path that the step ends at; steps go from the cost downwards. */
  readonly at: number;
  /** The element that is looked at, by value; the largest where none was chosen. */
  readonly elements: Readonly<Record<string, number>>;
}

export const explaining = createStore<{ readonly now: Explaining | null }>(() => ({ now: null }));

function flat(editor: Editor = pageEditor) {
  return flatten(editor.whole.getState().document, editor.registry);
}

function ways(editor: Editor = pageEditor): Ways | null {
  return Ways.in(flat(editor).document.graph, editor.registry);
}

/** Whether the cost depends on a value of the open sheet. */
export function canExplain(editor: Editor, node: NodeId, port: string): boolean {
  const { path } = editor.document.getState();
  const found = ways(editor)?.path({ node: flat(editor).idOf(path, node), port });
  return found !== undefined && found !== null && found.length > 1;
}

/** Explains the gradient of the cost by a value of the open sheet. */
export function explainHere(editor: Editor, node: NodeId, port: string): void {
  const { path: sheet } = editor.document.getState();
  const path = ways(editor)?.path({ node: flat(editor).idOf(sheet, node), port });
  if (!path || path.length < 2) return;
  show({ path, chosen: {}, at: path.length - 2, elements: {} });
  editor.ui.showTab('inspect');
}

function show(now: Explaining | null): void {
  explaining.setState({ now });
  if (!now) {
    tracedPath.setState({ path: null, at: null });
    return;
  }
  const { path: sheet, document } = pageEditor.document.getState();
  const locate = locator(flat(), sheet, document);
  const nodes = now.path.toReversed().flatMap(({ node }) => locate(node)?.node ?? []);
  const here = locate(now.path[now.at + 1]?.node ?? '')?.node;
  tracedPath.setState({ path: nodes, at: here ?? null });
}

export function stopExplaining(): void {
  if (explaining.getState().now) show(null);
}

function change(part: (now: Explaining) => Partial<Explaining>): void {
  const { now } = explaining.getState();
  if (now) show({ ...now, ...part(now) });
}

/** Towards the value that was asked about, or back towards the cost. */
export function moveStep(by: 1 | -1): void {
  change(({ at, path }) => ({ at: Math.min(path.length - 2, Math.max(0, at - by)) }));
}

export function goToStep(at: number): void {
  change(() => ({ at }));
}

export function chooseElement(value: PortRef, element: number): void {
  change(({ elements }) => ({ elements: { ...elements, [valueKey(value)]: element } }));
}

/** Follows another user of a value; the way up to it stays. */
export function chooseBranch(value: PortRef, node: NodeId): void {
  change(({ path, chosen, at }) => {
    const choices = { ...chosen, [valueKey(value)]: node };
    const [first] = path;
    const next = first && ways()?.path(first, choices);
    return next ? { path: next, chosen: choices, at: Math.min(at, next.length - 2) } : {};
  });
}

/** The way may be another after an edit; it ends where something else is selected or opened. */
export function followEdits(editor: Editor): void {
  editor.whole.subscribe((state, previous) => {
    const { now } = explaining.getState();
    if (!now) return;
    if (state.opened !== previous.opened) return stopExplaining();
    if (state.document.graph === previous.document.graph) return;
    const [first] = now.path;
    const path = first && ways()?.path(first, now.chosen);
    if (!path || path.length < 2) stopExplaining();
    else show({ ...now, path, at: Math.min(now.at, path.length - 2) });
  });
  editor.ui.subscribe((state, previous) => {
    if (state.selection !== previous.selection || state.selectedDerived !== previous.selectedDerived) stopExplaining();
  });
  editor.document.subscribe((state, previous) => {
    const { now } = explaining.getState();
    if (now && state.path !== previous.path) show(now);
  });
}
