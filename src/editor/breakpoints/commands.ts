/** Breakpoints belong to the document: setting one can be undone, and is saved with the drawing. */
import type { Breakpoint } from '../../compiler/document.ts';
import type { BreakpointKind } from '../../compiler/plan.ts';
import { showAnalysis } from '../analysis/analysis-store.ts';
import { always, type Command } from '../commands/command.ts';
import { type Editor, wholeEditor } from '../store/create-editor.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import { KINDS } from './words.ts';

export function breakpointsOf(editor: Editor): Readonly<Record<string, Breakpoint>> {
  return editor.whole.getState().document.layout.breakpoints ?? {};
}

type Place = Pick<Breakpoint, 'at' | 'path'>;

/** The value of the selected wire, else the first output of the selected node. */
export function selectedPlace(editor: Editor): Place | null {
  const { selection } = editor.ui.getState();
  const { path, document } = editor.document.getState();
  const { nodes, edges } = document.graph;
  const place = (node: string, port: string): Place => ({
    at: { node, port },
    ...(path.length > 0 && { path: [...path] }),
  });
  const wire = edges[selection.edges[0] ?? ''];
  if (wire) return place(wire.source.node, wire.source.port);
  const [node] = selection.nodes;
  if (node === undefined) return null;
  const [port] = outputPorts(editor.registry.get(nodes[node]?.op ?? ''), wiresOf(edges, node));
  return port === undefined ? null : place(node, port);
}

export function samePlace(a: Place, b: Place): boolean {
  return (
    a.at?.node === b.at?.node && a.at?.port === b.at?.port && (a.path ?? []).join('/') === (b.path ?? []).join('/')
  );
}

function changeBreakpoints(
  editor: Editor,
  label: string,
  change: (all: Record<string, Breakpoint>) => Readonly<Record<string, Breakpoint>>,
): void {
  wholeEditor(editor).document.apply(label, (draft) => {
    const next = change({ ...(draft.layout.breakpoints as Record<string, Breakpoint> | undefined) });
    // The last one takes the list with it, so that a document without breakpoints is stored as before.
    if (Object.keys(next).length > 0) draft.layout.breakpoints = next as typeof draft.layout.breakpoints;
    else delete draft.layout.breakpoints;
  });
}

function freeId(all: Readonly<Record<string, Breakpoint>>): string {
  let number = 1;
  while (all[`break${number}`]) number++;
  return `break${number}`;
}

export const addBreakpoint: Command<{ readonly breakpoint: Breakpoint }> = {
  id: 'breakpoint.add',
  label: 'Add breakpoint',
  group: 'Train',
  enabled: always,
  run(editor, { breakpoint }) {
    changeBreakpoints(editor, 'Add breakpoint', (all) => ({ ...all, [freeId(all)]: breakpoint }));
  },
};

export const changeBreakpoint: Command<{ readonly id: string; readonly change: Partial<Breakpoint> }> = {
  id: 'breakpoint.change',
  label: 'Change breakpoint',
  group: 'Train',
  enabled: always,
  run(editor, { id, change }) {
    changeBreakpoints(editor, 'Change breakpoint', (all) => {
      const before = all[id];
      if (!before) return all;
      const { disabled, ...rest } = { ...before, ...change };
      return { ...all, [id]: { ...rest, ...(disabled && { disabled }) } };
    });
  },
};

export const removeBreakpoint: Command<{ readonly id: string }> = {
  id: 'breakpoint.remove',
  label: 'Remove breakpoint',
  group: 'Train',
  enabled: always,
  run(editor, { id }) {
    changeBreakpoints(editor, 'Remove breakpoint', ({ [id]: _, ...others }) => others);
  },
};

/** Pauses when the selected value is no number, or takes all breakpoints off it. */
export const toggleBreakpoint: Command = {
  id: 'breakpoint.toggle',
  label: 'Set or remove a breakpoint',
  group: 'Train',
  shortcuts: ['F9'],
  enabled: (editor) => selectedPlace(editor) !== null,
  run(editor) {
    const place = selectedPlace(editor);
    if (!place) return;
    const here = Object.entries(breakpointsOf(editor)).filter(([, breakpoint]) => samePlace(breakpoint, place));
    if (here.length === 0) return addBreakpoint.run(editor, { breakpoint: { when: 'nan', ...place } });
    const gone = new Set(here.map(([id]) => id));
    changeBreakpoints(editor, 'Remove breakpoint', (all) =>
      Object.fromEntries(Object.entries(all).filter(([id]) => !gone.has(id))),
    );
  },
};

function anywhere(editor: Editor): string | undefined {
  return Object.entries(breakpointsOf(editor)).find(([, { at, when }]) => !at && when === 'nan')?.[0];
}

export const breakAnywhere: Command = {
  id: 'breakpoint.anywhere',
  label: 'Pause when any value is not a number',
  group: 'Train',
  enabled: always,
  checked: (editor) => anywhere(editor) !== undefined,
  run(editor) {
    const id = anywhere(editor);
    if (id === undefined) return addBreakpoint.run(editor, { breakpoint: { when: 'nan' } });
    return removeBreakpoint.run(editor, { id });
  },
};

/** Off, or on again if all are off. */
export const switchBreakpoints: Command = {
  id: 'breakpoint.switch-all',
  label: 'Switch all breakpoints off or on',
  group: 'Train',
  enabled: (editor) => Object.keys(breakpointsOf(editor)).length > 0,
  run(editor) {
    changeBreakpoints(editor, 'Switch breakpoints', (all) => {
      const off = Object.values(all).some(({ disabled }) => !disabled);
      return Object.fromEntries(
        Object.entries(all).map(([id, { disabled: _, ...rest }]) => [id, { ...rest, ...(off && { disabled: true }) }]),
      );
    });
  },
};

export const showBreakpoints: Command = {
  id: 'breakpoint.show',
  label: 'Breakpoints',
  group: 'View',
  enabled: always,
  run: (editor) => showAnalysis(editor, 'breakpoints'),
};

/** What the menus of wires and nodes offer for their value. */
export function breakWhen(
  editor: Editor,
  place: Place,
): readonly { readonly label: string; readonly run: () => void }[] {
  const add = (when: BreakpointKind, limit: number | undefined) =>
    void addBreakpoint.run(editor, { breakpoint: { when, ...place, ...(limit !== undefined && { limit }) } });
  return KINDS.filter(({ when }) => when !== 'loss-rises').map(({ when, label, limit }) => ({
    label: `It ${label}${limit === undefined ? '' : ` (${limit})`}`,
    run: () => add(when, limit),
  }));
}
