import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';
import { isNarrow } from '../shell/use-narrow.ts';
import type { Editor } from '../store/create-editor.ts';
import { wiresOf } from '../store/graph-index.ts';
import { problemKey } from '../store/highlight.ts';
import type { Layer } from '../store/types.ts';
import { NO_PANELS } from '../store/ui-store.ts';
import { always, type Command, hasSelection } from './command.ts';
import { leaveModule, openProblem, openSheetOf } from './modules.ts';

export const selectAll: Command = {
  id: 'select.all',
  label: 'Select all',
  group: 'Select',
  shortcuts: ['Mod+A'],
  enabled: always,
  run(editor) {
    editor.ui.select(Object.keys(editor.document.getState().document.graph.nodes));
  },
};

/** Ends what is going on: a connection, then the selection, then the visit of a module. */
export const selectNothing: Command = {
  id: 'select.none',
  label: 'Select nothing',
  group: 'Select',
  shortcuts: ['Escape'],
  enabled: always,
  run(editor) {
    const { connecting, selection, selectedDerived } = editor.ui.getState();
    const hasSelected = selection.nodes.length + selection.edges.length > 0 || selectedDerived !== null;
    if (connecting) editor.ui.set({ connecting: null });
    else if (!hasSelected && leaveModule.enabled(editor)) void leaveModule.run(editor);
    else editor.ui.select([]);
  },
};

/** Selects a node, shows it and gives it the keyboard: how problems and search results lead to their place. */
export const reveal: Command<{
  readonly node: NodeId;
  /** The id is one of the flat drawing: the sheet that the node was drawn on opens. */
  readonly flat?: boolean;
}> = {
  id: 'view.reveal',
  label: 'Show node',
  group: 'View',
  enabled: always,
  run(editor, { node: given, flat = false }) {
    const node = flat ? openSheetOf(editor, given) : given;
    editor.ui.select([node]);
    editor.view.fit([node]);
    editor.view.focus(node);
  },
};

export interface ShowProblemArgs {
  readonly problem: Diagnostic;
  /** The node of the evidence that is asked for; the one the problem is at if left out. */
  readonly node?: NodeId | undefined;
}

/** Shows where a problem is, with the path of a lost gradient if it has one. Nodes that are gone are left out. */
export const showProblem: Command<ShowProblemArgs> = {
  id: 'problem.show',
  label: 'Show problem',
  group: 'View',
  enabled: always,
  run(editor, { problem: given, node: asked }) {
    const { problem, node } = openProblem(editor, given, asked);
    const { nodes } = editor.document.getState().document.graph;
    if (node === undefined || !nodes[node]) return;
    const { path = [] } = problem.place;
    editor.ui.select([node]);
    editor.ui.set({ problem: path.length > 0 ? problemKey(problem) : null });
    editor.view.fit([...new Set([node, ...path])].filter((id) => nodes[id]));
    editor.view.focus(node);
  },
};

export const fitSelection: Command = {
  id: 'view.fit-selection',
  label: 'Fit selection',
  group: 'View',
  shortcuts: ['F'],
  enabled: always,
  run(editor) {
    const { nodes } = editor.ui.getState().selection;
    editor.view.fit(nodes.length > 0 ? nodes : undefined);
  },
};

export const fitView: Command = {
  id: 'view.fit',
  label: 'Fit everything',
  group: 'View',
  shortcuts: ['Shift+F', '.'],
  enabled: always,
  run: (editor) => editor.view.fit(),
};

export const zoomIn: Command = {
  id: 'view.zoom-in',
  label: 'Zoom in',
  group: 'View',
  shortcuts: ['+', '='],
  enabled: always,
  run: (editor) => editor.view.zoomBy(1.25),
};

export const zoomOut: Command = {
  id: 'view.zoom-out',
  label: 'Zoom out',
  group: 'View',
  shortcuts: ['-'],
  enabled: always,
  run: (editor) => editor.view.zoomBy(0.8),
};

function layerToggle(layer: Layer, label: string, shortcuts: readonly string[]): Command {
  return {
    id: `view.layer-${layer}`,
    label,
    group: 'View',
    shortcuts,
    enabled: always,
    run: (editor) => editor.ui.toggleLayer(layer),
  };
}

export const toggleForward = layerToggle('forward', 'Forward layer', []);
export const toggleBackward = layerToggle('backward', 'Backward layer', ['G']);
export const toggleUpdate = layerToggle('update', 'Update layer', ['U']);

/** In small windows one panel lies over the others. */
export const toggleCompiler: Command = {
  id: 'view.compiler',
  label: 'Compiler',
  group: 'View',
  shortcuts: ['Shift+I'],
  enabled: always,
  run(editor) {
    const open = editor.ui.getState().panels.compiler;
    if (isNarrow()) editor.ui.set({ panels: { ...NO_PANELS, compiler: !open } });
    // They share the room below the canvas.
    else editor.ui.set({ panels: { ...editor.ui.getState().panels, compiler: !open, analysis: false } });
  },
};

export const toggleCode: Command = {
  id: 'view.code',
  label: 'Code',
  group: 'View',
  shortcuts: ['Shift+C'],
  enabled: always,
  run(editor) {
    const { panels } = editor.ui.getState();
    editor.ui.set({ panels: { ...(isNarrow() ? NO_PANELS : panels), code: !panels.code } });
  },
};

export const toggleMotion: Command = {
  id: 'view.motion',
  label: 'Motion',
  group: 'View',
  enabled: always,
  run: (editor) => editor.ui.set({ motion: !editor.ui.getState().motion }),
};

export const openSearch: Command = {
  id: 'create.search',
  label: 'Add operator…',
  group: 'Create',
  shortcuts: ['Tab', '/'],
  enabled: always,
  run(editor) {
    editor.canvas.set({ inserting: null });
    editor.ui.openSearch(editor.view.cursor() ?? editor.view.center());
  },
};

/** Every command by its name. */
export const openCommands: Command = {
  id: 'help.commands',
  label: 'Commands…',
  group: 'Help',
  shortcuts: ['Mod+K'],
  global: true,
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'commands' }),
};

export const showShortcuts: Command = {
  id: 'help.shortcuts',
  label: 'Keyboard shortcuts',
  group: 'Help',
  shortcuts: ['?'],
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'shortcuts' }),
};

/** Shows what is selected in the inspector. */
export const inspect: Command = {
  id: 'view.inspect',
  label: 'Inspect',
  group: 'View',
  enabled: hasSelection,
  run: (editor) => editor.ui.showTab('inspect'),
};

/** From a node along its wires, or among nodes that hang on the same one: selects and focuses the next node. */
function neighbour(editor: Editor, id: NodeId, direction: 'left' | 'right' | 'up' | 'down'): NodeId | undefined {
  const { graph, layout } = editor.document.getState().document;
  const y = (node: NodeId) => layout.nodes[node]?.y ?? 0;
  const { incoming, outgoing } = wiresOf(graph.edges, id);
  if (direction === 'left') return incoming[0]?.source.node;
  if (direction === 'right') return outgoing[0]?.target.node;
  const siblings = new Set([
    ...incoming.flatMap((edge) => wiresOf(graph.edges, edge.source.node).outgoing.map((other) => other.target.node)),
    ...outgoing.flatMap((edge) => wiresOf(graph.edges, edge.target.node).incoming.map((other) => other.source.node)),
  ]);
  siblings.delete(id);
  const sorted = [...siblings].sort((a, b) => y(a) - y(b));
  return direction === 'down' ? sorted.find((node) => y(node) >= y(id)) : sorted.findLast((node) => y(node) < y(id));
}

/** Where no wire leads on: the nearest node on that side, so that every node can be come to. */
function nearest(editor: Editor, id: NodeId, direction: 'left' | 'right' | 'up' | 'down'): NodeId | undefined {
  const { nodes } = editor.document.getState().document.layout;
  const { x, y } = nodes[id] ?? { x: 0, y: 0 };
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  const sideways = direction === 'left' || direction === 'right';
  let best: { readonly node: NodeId; readonly distance: number } | undefined;
  for (const [node, place] of Object.entries(nodes)) {
    const along = sign * (sideways ? place.x - x : place.y - y);
    const aside = Math.abs(sideways ? place.y - y : place.x - x);
    // What is straight ahead is nearer than what is aside.
    const distance = along + 2 * aside;
    if (node !== id && along > 0 && (!best || distance < best.distance)) best = { node, distance };
  }
  return best?.node;
}

/** A node can have the keyboard without being selected. */
function nodeWithKeyboard(): NodeId | undefined {
  if (typeof document === 'undefined') return undefined;
  return document.activeElement?.closest<HTMLElement>('[role="treeitem"]')?.dataset.id;
}

function walk(direction: 'left' | 'right' | 'up' | 'down'): Command {
  return {
    id: `select.walk-${direction}`,
    label: `Go ${direction} along wires`,
    group: 'Select',
    shortcuts: [`Arrow${direction.charAt(0).toUpperCase()}${direction.slice(1)}`],
    enabled: (editor) => editor.ui.getState().selection.nodes.length <= 1,
    run(editor) {
      const id = editor.ui.getState().selection.nodes[0] ?? nodeWithKeyboard();
      const next = id && (neighbour(editor, id, direction) ?? nearest(editor, id, direction));
      if (!next) return;
      editor.ui.select([next]);
      editor.view.focus(next);
    },
  };
}

export const walks: readonly Command[] = [walk('left'), walk('right'), walk('up'), walk('down')];
