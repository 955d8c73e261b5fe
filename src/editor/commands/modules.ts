/** Making, entering, unpacking and placing modules. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument, ModuleDefinition, ModuleId, NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { definitionOf, MODULE_INPUT, MODULE_OUTPUT, moduleIdOf, moduleOp } from '../../compiler/modules.ts';
import { boundsOf, nodeSize, type Rect, rectOf, snap } from '../canvas/geometry.ts';
import {
  addDefinition,
  extractModule,
  instanceCount,
  makeUnique,
  removeDefinition,
  unpackInstance,
} from '../modules/edits.ts';
import type { LibraryModule } from '../modules/library/define.ts';
import { moduleLibrary } from '../modules/library/library.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import { definitionsAlong, localDiagnostic, locator, type Path } from '../store/sheets.ts';
import { always, type Command } from './command.ts';
import { uniqueName } from './graph-edits.ts';
import { addNode } from './nodes.ts';

/** Between a port and the nodes it leads to. */
const PORT_COLUMN = 240;

/** The only selected node, if it is an instance of a module that the document has. */
export function selectedInstance(
  editor: Editor,
): { readonly id: NodeId; readonly definition: ModuleDefinition } | null {
  const { nodes } = editor.ui.getState().selection;
  const [id] = nodes;
  if (id === undefined || nodes.length > 1) return null;
  const { graph } = editor.document.getState().document;
  const definition = definitionOf(graph.modules, graph.nodes[id]?.op ?? '');
  return definition ? { id, definition } : null;
}

function kindOf({ document, registry }: Editor, id: NodeId) {
  return registry.get(document.getState().document.graph.nodes[id]?.op ?? '')?.kind;
}

/** What of the selection can be a module: ports stay where they are. */
function extractable(editor: Editor): readonly NodeId[] {
  const { nodes } = editor.ui.getState().selection;
  return nodes.filter((id) => kindOf(editor, id) !== 'port');
}

export const makeModule: Command = {
  id: 'module.make',
  label: 'Make module from selection',
  group: 'Edit',
  shortcuts: ['Mod+Shift+E'],
  enabled: (editor) => extractable(editor).some((id) => kindOf(editor, id) !== 'note'),
  run(editor) {
    const nodes = extractable(editor);
    const { document } = editor.document.getState();
    const bounds = boundsOf(nodes.map((id) => rectOf(document, editor.registry, id)));
    if (!bounds) return;
    const size = nodeSize(1, 1);
    const at = {
      x: snap(bounds.x + (bounds.width - size.width) / 2),
      y: snap(bounds.y + (bounds.height - size.height) / 2),
    };
    const left = snap(bounds.x - PORT_COLUMN);
    const right = snap(bounds.x + bounds.width + PORT_COLUMN - size.width);
    let id: NodeId = '';
    editor.document.apply('Make module', (draft) => {
      id = extractModule(draft, editor.registry, { nodes, at, left, right });
    });
    editor.ui.select([id]);
    editor.ui.set({ renaming: id });
  },
};

/** Opens the sheet inside of these instances. */
export const openSheet: Command<{ readonly path: Path }> = {
  id: 'module.open',
  label: 'Open sheet',
  group: 'View',
  enabled: always,
  run(editor, { path }) {
    const from = editor.document.getState().path;
    editor.document.open(path);
    const now = editor.document.getState().path;
    // Going out, one sees what one was in.
    const left = from.length > now.length && now.every((id, at) => id === from[at]) ? from[now.length] : undefined;
    const isThere = left !== undefined && editor.document.getState().document.graph.nodes[left];
    editor.ui.set({ connecting: null });
    editor.ui.select(isThere ? [left] : []);
    editor.view.fit();
    editor.view.focus(isThere ? left : undefined);
  },
};

export const enterModule: Command = {
  id: 'module.enter',
  label: 'Enter module',
  group: 'View',
  shortcuts: ['Enter'],
  enabled: (editor) => selectedInstance(editor) !== null,
  run(editor) {
    const found = selectedInstance(editor);
    if (found) openSheet.run(editor, { path: [...editor.document.getState().path, found.id] });
  },
};

export const leaveModule: Command = {
  id: 'module.leave',
  label: 'Leave module',
  group: 'View',
  enabled: (editor) => editor.document.getState().path.length > 0,
  run(editor) {
    openSheet.run(editor, { path: editor.document.getState().path.slice(0, -1) });
  },
};

/** Places of the other nodes once nodes lie where the instance was: what is right of it or below it moves on. */
function makeRoom(document: GraphDocument, editor: Editor, instance: NodeId, group: Rect) {
  const old = rectOf(document, editor.registry, instance);
  const dx = snap(Math.max(0, group.width - old.width));
  const dy = snap(Math.max(0, group.height - old.height));
  return Object.keys(document.graph.nodes).flatMap((id) => {
    const { x, y, width } = rectOf(document, editor.registry, id);
    if (id === instance) return [];
    if (x >= old.x + old.width) return [{ id, x: x + dx, y }];
    return y >= old.y + old.height && x + width > old.x ? [{ id, x, y: y + dy }] : [];
  });
}

export const unpackModule: Command = {
  id: 'module.unpack',
  label: 'Unpack module',
  group: 'Edit',
  shortcuts: ['Mod+Shift+U'],
  enabled: (editor) => selectedInstance(editor) !== null,
  run(editor) {
    const found = selectedInstance(editor);
    if (!found) return;
    const { document } = editor.document.getState();
    const { nodes, edges, id: module } = found.definition;
    const inside = { ...document, graph: { ...document.graph, nodes, edges } };
    const layout = { ...document.layout, nodes: document.layout.modules?.[module] ?? {} };
    const kept = Object.values(nodes).filter(({ op }) => editor.registry.get(op)?.kind !== 'port');
    const group = boundsOf(kept.map(({ id }) => rectOf({ ...inside, layout }, editor.registry, id)));
    const { x, y } = rectOf(document, editor.registry, found.id);
    const room = group ? makeRoom(document, editor, found.id, group) : [];
    const dx = snap(x - (group?.x ?? 0));
    const dy = snap(y - (group?.y ?? 0));
    let ids: readonly NodeId[] = [];
    editor.document.apply('Unpack module', (draft) => {
      for (const other of room) draft.layout.nodes[other.id] = { x: other.x, y: other.y };
      ids = unpackInstance(draft, editor.registry, found.id, (at) => ({ x: at.x + dx, y: at.y + dy }));
    });
    editor.ui.select(ids);
    editor.view.fit();
  },
};

export const makeModuleUnique: Command = {
  id: 'module.make-unique',
  label: 'Make unique',
  group: 'Edit',
  enabled(editor) {
    const found = selectedInstance(editor);
    return found !== null && instanceCount(editor.whole.getState().document, found.definition.id) > 1;
  },
  run(editor) {
    const found = selectedInstance(editor);
    if (!found) return;
    const places = editor.whole.getState().document.layout.modules?.[found.definition.id] ?? {};
    editor.document.apply('Make unique', (draft) => {
      makeUnique(draft, found.id, found.definition, places);
    });
  },
};

export const renameModule: Command<{ readonly module: ModuleId; readonly name: string }> = {
  id: 'module.rename',
  label: 'Rename module',
  group: 'Edit',
  enabled: always,
  run(editor, { module, name }) {
    const wanted = name.trim();
    if (wanted === '') return;
    editor.whole.apply('Rename module', (draft) => {
      const definition = draft.graph.modules?.[module];
      if (!definition || definition.name === wanted) return;
      const others = Object.values(draft.graph.modules ?? {}).filter((other) => other !== definition);
      definition.name = uniqueName(
        wanted,
        others.map((other) => other.name),
      );
    });
  },
};

/** Only a module without instances can go. */
export const removeModule: Command<{ readonly module: ModuleId }> = {
  id: 'module.remove',
  label: 'Remove module',
  group: 'Edit',
  enabled: always,
  run(editor, { module }) {
    if (instanceCount(editor.whole.getState().document, module) > 0) return;
    editor.whole.apply('Remove module', (draft) => removeDefinition(draft, module));
  },
};

/** The module of the document that was made from one of the library and was not changed since; undefined for none. */
function alreadyThere({ graph }: GraphDocument, { definition }: LibraryModule): ModuleDefinition | undefined {
  const content = ({ nodes, edges, exposed }: Omit<ModuleDefinition, 'id'>) => JSON.stringify([nodes, edges, exposed]);
  return Object.values(graph.modules ?? {}).find((known) => content(known) === content(definition));
}

/** Adds an instance: of a module of the document, or of one of the library, which comes into the document. */
export const addModule: Command<{
  readonly module?: ModuleId;
  readonly library?: string;
  readonly at?: Point | null;
}> = {
  id: 'module.add',
  label: 'Add module',
  group: 'Create',
  enabled: always,
  run(editor, { module, library, at }) {
    const { document } = editor.whole.getState();
    const ready = moduleLibrary.find(({ name }) => name === library);
    const known = module === undefined ? ready && alreadyThere(document, ready) : document.graph.modules?.[module];
    const definition = known ?? ready?.definition;
    if (!definition) return;
    editor.document.beginGesture(`Add ${definition.name}`);
    let id = known?.id;
    if (!id && ready) {
      editor.document.apply('Add module', (draft) => {
        id = addDefinition(draft, structuredClone(ready.definition), structuredClone(ready.places), ready.name);
      });
    }
    const name = definition.name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
    if (id) addNode.run(editor, { op: moduleOp(id), at, name });
    editor.document.endGesture();
  },
};

/** Inside of a module: another port. */
export const addPort: Command<{ readonly side: 'input' | 'output'; readonly at?: Point | null }> = {
  id: 'module.add-port',
  label: 'Add port',
  group: 'Create',
  enabled: (editor) => editor.document.getState().path.length > 0,
  run(editor, { side, at }) {
    const op = side === 'input' ? 'ModuleInput' : 'ModuleOutput';
    const { nodes } = editor.document.getState().document.graph;
    const order = Object.values(nodes).filter((node) => node.op === op).length;
    addNode.run(editor, { op, at, name: side === 'input' ? 'x' : 'y', attributes: order > 0 ? { order } : {} });
  },
};

/** What the palette and the search place by name: an operator, `module:<id>`, `library:<name>`, or a port. */
export const placeOperator: Command<{ readonly op: string; readonly at?: Point | null }> = {
  id: 'create.place',
  label: 'Place',
  group: 'Create',
  enabled: always,
  run(editor, { op, at }) {
    const library = /^library:(.*)$/.exec(op)?.[1];
    if (library !== undefined) return addModule.run(editor, { library, at });
    if (op === MODULE_INPUT || op === MODULE_OUTPUT) {
      return addPort.run(editor, { side: op === MODULE_INPUT ? 'input' : 'output', at });
    }
    const module = moduleIdOf(op);
    return module === null ? addNode.run(editor, { op, at }) : addModule.run(editor, { module, at });
  },
};

const portCommand = (side: 'input' | 'output'): Command => ({
  id: `module.add-${side}`,
  label: `Add module ${side}`,
  group: 'Create',
  enabled: addPort.enabled,
  run: (editor) => addPort.run(editor, { side }),
});

export const addModuleInput = portCommand('input');
export const addModuleOutput = portCommand('output');

/** A problem as the sheet shows it that it is on, which opens. Those of the open sheet may be given as it shows them. */
export function openProblem(editor: Editor, problem: Diagnostic, asked: NodeId | undefined) {
  const at = asked ?? problem.place.node;
  const here = editor.document.getState();
  if (at === undefined || here.check.diagnostics.includes(problem)) return { problem, node: at };
  const known = [...editor.whole.getState().check.diagnostics, ...editor.session.getState().problems];
  if (!known.includes(problem)) return { problem, node: at };
  const node = openSheetOf(editor, at);
  const { document, path } = editor.document.getState();
  const flat = flatten(editor.whole.getState().document, editor.registry);
  return { problem: localDiagnostic(problem, flat, path, locator(flat, path, document)) ?? problem, node };
}

/**
 * Opens the sheet that a node of the flat drawing was drawn on. Its id there; for what no longer exists, the id as it is.
 */
export function openSheetOf(editor: Editor, flatId: NodeId): NodeId {
  const { document } = editor.whole.getState();
  const { path, id } = flatten(document, editor.registry).nodes.get(flatId) ?? { path: [], id: flatId };
  if (definitionsAlong(document, path).length === path.length) editor.document.open(path);
  return id;
}
