/** Where a breakpoint paused training. It is told until training goes on or goes somewhere else. */
import { createStore } from 'zustand/vanilla';
import type { DocumentNode, NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { BreakpointHit } from '../../runtime/protocol.ts';
import { announce } from '../announce/announcer.ts';
import type { Editor } from '../store/create-editor.ts';
import { definitionsAlong } from '../store/sheets.ts';
import { describeHit } from './words.ts';

export const paused = createStore<{ readonly hit: BreakpointHit | null }>(() => ({ hit: null }));

/** The name of a node by its flat id. */
export function flatName(editor: Editor, node: string): string {
  const { document } = editor.whole.getState();
  const { nodes } = flatten(document, editor.registry).document.graph;
  return nodes[node]?.name ?? document.graph.nodes[node]?.name ?? node;
}

/** A node by the sheet it was drawn on; undefined where it is gone. */
export function drawnNode(editor: Editor, path: readonly NodeId[], node: NodeId): DocumentNode | undefined {
  const { document } = editor.whole.getState();
  const sheet = path.length === 0 ? document.graph : definitionsAlong(document, path)[path.length - 1];
  return sheet?.nodes[node];
}

export function hitWords(editor: Editor, hit: BreakpointHit) {
  const limit = editor.whole.getState().document.layout.breakpoints?.[hit.id]?.limit ?? 0;
  return describeHit(hit, limit, (node) => flatName(editor, node));
}

export function followBreakpoints(editor: Editor, client: Pick<TrainingClient, 'on'>): void {
  client.on('breakpoint', (hit) => {
    paused.setState({ hit });
    const { title, text } = hitWords(editor, hit);
    announce('breakpoint', `${title}. ${text}`);
  });
  client.on('started', () => paused.setState({ hit: null }));
  client.on('status', ({ step }) => {
    const { hit } = paused.getState();
    // A step that a value was told of before it is made is one ahead.
    if (hit && step < hit.step - 1) paused.setState({ hit: null });
  });
  editor.whole.subscribe((state, previous) => {
    const { hit } = paused.getState();
    if (!hit || state.document === previous.document) return;
    if (state.opened !== previous.opened || !state.document.layout.breakpoints?.[hit.id])
      paused.setState({ hit: null });
  });
}
