import { always, type Command } from '../commands/command.ts';
import type { Editor } from '../store/create-editor.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import { type Pin, watches } from './watch-store.ts';

/** What is selected: the values of wires, else the first outputs of nodes. */
function selectedValues(editor: Editor): Pin[] {
  const { selection } = editor.ui.getState();
  const { path, document } = editor.document.getState();
  const { nodes, edges } = document.graph;
  const wires = selection.edges.flatMap((id) => {
    const source = edges[id]?.source;
    return source ? [{ path, node: source.node, port: source.port }] : [];
  });
  if (wires.length > 0) return wires;
  return selection.nodes.flatMap((id) => {
    const [port] = outputPorts(editor.registry.get(nodes[id]?.op ?? ''), wiresOf(edges, id));
    return port === undefined ? [] : [{ path, node: id, port }];
  });
}

export const pinWatch: Command = {
  id: 'watch.pin',
  label: 'Pin or unpin a watch',
  group: 'View',
  shortcuts: ['P'],
  enabled: (editor) => selectedValues(editor).length > 0,
  run(editor) {
    const values = selectedValues(editor);
    const all = values.every((pin) => watches.isPinned(pin));
    for (const pin of values) all ? watches.unpin(pin) : watches.pin(pin);
  },
};

export const clearWatches: Command = {
  id: 'watch.clear',
  label: 'Remove all watches',
  group: 'View',
  enabled: always,
  run: () => watches.clear(),
};
