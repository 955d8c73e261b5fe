/** What the menus of the canvas offer, by what was pointed at. */
import type { EdgeId, NodeId } from '../../compiler/document.ts';
import { breakWhen, selectedPlace, toggleBreakpoint } from '../breakpoints/commands.ts';
import { arranges } from '../commands/arrange.ts';
import { toggleMinimap, toggleSnapGrid, toggleSnapNodes } from '../commands/canvas-settings.ts';
import { copy, cut, duplicate, pasteCopy, pasteWired } from '../commands/clipboard.ts';
import type { Command } from '../commands/command.ts';
import { connectPort, connectSelected, disconnectAll } from '../commands/connect-list.ts';
import { expandNode } from '../commands/expand.ts';
import { openFind } from '../commands/find.ts';
import { bypass, mute } from '../commands/flags.ts';
import { detach, startInsert } from '../commands/insert.ts';
import { tidy } from '../commands/layout.ts';
import { enterModule, makeModule, unpackModule } from '../commands/modules.ts';
import { deleteSelection, startRename } from '../commands/nodes.ts';
import { goToViews, saveViews } from '../commands/saved-views.ts';
import { fitSelection, fitView, inspect, openCommands, openSearch, reveal, selectAll } from '../commands/view.ts';
import type { PortEnd } from '../fitting/fitting.ts';
import type { Editor } from '../store/create-editor.ts';
import { wiresOf } from '../store/graph-index.ts';

export type MenuTarget =
  | { readonly kind: 'canvas' }
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'wire'; readonly edge: EdgeId }
  | { readonly kind: 'port'; readonly end: PortEnd };

interface Action {
  readonly label: string;
  readonly run: () => void;
}

export type MenuEntry = Command | Action | 'line' | { readonly label: string; readonly entries: readonly MenuEntry[] };

const ARRANGE: MenuEntry = { label: 'Arrange', entries: [...arranges, 'line', tidy] };

/** Commands that would do nothing here are left out where they are about something rare. */
function enabled(editor: Editor, commands: readonly Command[]): readonly Command[] {
  return commands.filter((command) => command.enabled(editor));
}

function canvasItems(editor: Editor): MenuEntry[] {
  const views = enabled(editor, goToViews);
  return [
    openSearch,
    openFind,
    openCommands,
    'line',
    pasteCopy,
    pasteWired,
    selectAll,
    'line',
    tidy,
    fitView,
    { label: 'Views', entries: [...views, ...(views.length > 0 ? (['line'] as const) : []), ...saveViews] },
    'line',
    toggleSnapNodes,
    toggleSnapGrid,
    toggleMinimap,
  ];
}

/** Breakpoints on the value of the node or wire that is selected. */
function breakItems(editor: Editor): MenuEntry[] {
  const place = selectedPlace(editor);
  return place ? [toggleBreakpoint, { label: 'Pause training when', entries: breakWhen(editor, place) }] : [];
}

function nodeItems(editor: Editor): MenuEntry[] {
  const several = editor.ui.getState().selection.nodes.length > 1;
  return [
    ...enabled(editor, [enterModule]),
    inspect,
    startRename,
    connectSelected,
    'line',
    mute,
    bypass,
    detach,
    'line',
    ...breakItems(editor),
    'line',
    cut,
    copy,
    duplicate,
    'line',
    ...enabled(editor, [makeModule, unpackModule, expandNode]),
    ...(several ? [ARRANGE] : []),
    fitSelection,
    'line',
    deleteSelection,
  ];
}

function wireItems(editor: Editor, edge: EdgeId): MenuEntry[] {
  const { graph } = editor.document.getState().document;
  const ends = graph.edges[edge];
  const show = (label: string, node: NodeId | undefined): Action[] => {
    const name = graph.nodes[node ?? '']?.name;
    return node && name ? [{ label: `${label} ${name}`, run: () => void reveal.run(editor, { node }) }] : [];
  };
  return [
    startInsert,
    'line',
    ...breakItems(editor),
    'line',
    ...show('Go to', ends?.source.node),
    ...show('Go to', ends?.target.node),
    'line',
    deleteSelection,
  ];
}

function portItems(editor: Editor, end: PortEnd): MenuEntry[] {
  const { incoming, outgoing } = wiresOf(editor.document.getState().document.graph.edges, end.node);
  const wires = (end.side === 'source' ? outgoing : incoming).filter(
    (edge) => (end.side === 'source' ? edge.source : edge.target).port === end.port,
  );
  return [
    { label: 'Connect to…', run: () => void connectPort.run(editor, end) },
    {
      label: end.side === 'source' ? 'Add an operator after it…' : 'Add an operator before it…',
      run() {
        const { x, y } = editor.document.getState().document.layout.nodes[end.node] ?? { x: 0, y: 0 };
        editor.ui.set({ connecting: end });
        editor.ui.openSearch({ x: end.side === 'source' ? x + 312 : x - 168, y: y + 44 });
      },
    },
    ...(wires.length > 0
      ? ([
          'line',
          {
            label: wires.length === 1 ? 'Cut its wire' : `Cut its ${wires.length} wires`,
            run: () => void disconnectAll.run(editor, { edges: wires.map(({ id }) => id) }),
          },
        ] as const)
      : []),
  ];
}

export function itemsOf(editor: Editor, target: MenuTarget): MenuEntry[] {
  switch (target.kind) {
    case 'node':
      return nodeItems(editor);
    case 'wire':
      return wireItems(editor, target.edge);
    case 'port':
      return portItems(editor, target.end);
    case 'canvas':
      return canvasItems(editor);
  }
}
