/** Frames around nodes. */

import type { NodeId } from '../../compiler/document.ts';
import { FRAME_COLOURS } from '../../nodes/module.ts';
import { boundsOf, rectOf, snap } from '../canvas/geometry.ts';
import { always, type Command, hasSelection } from './command.ts';
import { addNodeTo, setAttributeOf } from './graph-edits.ts';

const MARGIN = 24;
const TITLE = 36;

/** Puts a frame behind the selected nodes, to be named at once. */
export const frameSelection: Command = {
  id: 'arrange.frame',
  label: 'Frame selection',
  group: 'Arrange',
  shortcuts: ['Mod+G'],
  enabled: hasSelection,
  run(editor) {
    const { document } = editor.document.getState();
    const { nodes } = editor.ui.getState().selection;
    const bounds = boundsOf(nodes.map((id) => rectOf(document, editor.registry, id)));
    if (!bounds) return;
    const attributes = { width: snap(bounds.width + 2 * MARGIN), height: snap(bounds.height + MARGIN + TITLE) };
    const place = { x: snap(bounds.x - MARGIN), y: snap(bounds.y - TITLE) };
    let id: NodeId = '';
    editor.document.apply('Frame', (draft) => {
      id = addNodeTo(draft, { op: 'Frame', name: 'frame', attributes, ...place });
    });
    editor.ui.select([id]);
    editor.ui.set({ renaming: id });
  },
};

/** As one step. */
export const resizeFrame: Command<{ readonly node: NodeId; readonly width: number; readonly height: number }> = {
  id: 'frame.resize',
  label: 'Resize frame',
  group: 'Arrange',
  enabled: always,
  run(editor, { node, width, height }) {
    editor.document.apply('Resize frame', (draft) => {
      setAttributeOf(draft, editor.registry, node, 'width', snap(width));
      setAttributeOf(draft, editor.registry, node, 'height', snap(height));
    });
  },
};

/** The next colour, for the button on the frame. */
export const nextFrameColour: Command<{ readonly node: NodeId }> = {
  id: 'frame.colour',
  label: 'Colour of the frame',
  group: 'Arrange',
  enabled: always,
  run(editor, { node }) {
    const { colour } = editor.document.getState().document.graph.nodes[node]?.attributes ?? {};
    const colours: readonly unknown[] = FRAME_COLOURS;
    const at = Math.max(0, colours.indexOf(colour));
    const next = FRAME_COLOURS[(at + 1) % FRAME_COLOURS.length] ?? FRAME_COLOURS[0];
    editor.document.apply('Colour frame', (draft) => setAttributeOf(draft, editor.registry, node, 'colour', next));
  },
};
