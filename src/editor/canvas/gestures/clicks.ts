/** Clicks and keys on the canvas. */
import type { FocusEvent, KeyboardEvent, MouseEvent, PointerEvent } from 'react';
import type { NodeId } from '../../../compiler/document.ts';
import { enterModule } from '../../commands/modules.ts';
import { focusPane } from '../../commands/panes.ts';
import { connect, connectTo } from '../../commands/wires.ts';
import { editor } from '../../store/editor.ts';
import { onPortKey } from '../keyboard.ts';
import { isInstance, isPane, nodeAt, portAt } from './targets.ts';

function enter(node: NodeId) {
  editor.ui.select([node]);
  void enterModule.run(editor);
}

export function onDoubleClick(event: MouseEvent<HTMLElement>) {
  const target = event.target as Element;
  const node = nodeAt(target);
  if (target.closest('.node-name') && node) editor.ui.set({ renaming: node });
  else if (node && isInstance(node)) enter(node);
  else if (node) editor.ui.showTab('inspect');
  else if (isPane(target)) {
    editor.ui.openSearch(editor.view.toCanvas({ x: event.clientX, y: event.clientY }));
  }
}

/** Connecting without dragging: click a port, then another port, or a node. */
export function onClick(event: MouseEvent<HTMLElement>) {
  const target = event.target as Element;
  const here = portAt(target);
  const { connecting, dialog } = editor.ui.getState();
  if (!here) {
    // The end of a drag is a click too: with the search open, the connection goes on there.
    if (connecting && !dialog && isPane(target)) editor.ui.set({ connecting: null });
    return;
  }
  if (!connecting || connecting.side === here.side) editor.ui.set({ connecting: here });
  else if (here.side === 'target') void connect.run(editor, { source: connecting, target: here });
  else void connect.run(editor, { source: here, target: connecting });
}

/** Enter selects the node that has the keyboard, or ends a connection at it. Space adds it to the selection. */
export function onKeyDown(event: KeyboardEvent<HTMLElement>) {
  const element = event.target as HTMLElement;
  // Ctrl+Enter trains, wherever the keyboard is.
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (onPortKey(event) || !element.classList.contains('react-flow__node')) return;
  const id = element.dataset.id ?? '';
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (!nodeAt(element)) return editor.ui.selectDerived(id);
  const { connecting, selection } = editor.ui.getState();
  if (connecting) void connectTo.run(editor, { node: id });
  else if (event.key === 'Enter' && isInstance(id)) enter(id);
  else if (event.key === 'Enter') {
    editor.ui.select([id]);
    editor.ui.showTab('inspect');
    focusPane('inspector');
  } else {
    const others = selection.nodes.filter((other) => other !== id);
    editor.ui.select(others.length < selection.nodes.length ? others : [...others, id]);
  }
}

/** A click anywhere on the canvas gives it the keyboard; nodes and fields take it themselves. */
export function onPointerDown(event: PointerEvent<HTMLElement>) {
  if (!event.currentTarget.contains(document.activeElement)) event.currentTarget.focus({ preventScroll: true });
}

/** Coming to the canvas by keyboard selects the node that is there, so that keys have something to work on. */
export function onFocus(event: FocusEvent<HTMLElement>) {
  const element = event.target as HTMLElement;
  if (!element.matches('.react-flow__node:focus-visible') || editor.ui.getState().connecting) return;
  const node = nodeAt(element);
  if (node && !editor.ui.getState().selection.nodes.includes(node)) editor.ui.select([node]);
}
