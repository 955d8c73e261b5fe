/** What a module says of itself, and which attributes of its nodes each instance may set. */
import type { GraphDocument, ModuleDefinition, ModuleId, NodeId } from '../../compiler/document.ts';
import { moduleOp, PARAMETERS } from '../../compiler/modules.ts';
import type { Editor } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import type { Path } from '../store/sheets.ts';
import { always, type Command } from './command.ts';
import { uniqueName } from './graph-edits.ts';
import { openSheet } from './modules.ts';

type ModuleDraft = NonNullable<DocumentDraft['graph']['modules']>[string];

function edit(
  editor: Editor,
  label: string,
  module: ModuleId,
  recipe: (module: ModuleDraft, all: DocumentDraft) => void,
) {
  editor.whole.apply(label, (draft) => {
    const definition = draft.graph.modules?.[module];
    if (definition) recipe(definition, draft);
  });
}

/** What instances set, wherever they are. */
function valuesOf({ graph }: DocumentDraft, module: ModuleId): Record<string, unknown>[] {
  const sheets = [graph, ...Object.values(graph.modules ?? {})];
  const instances = sheets.flatMap(({ nodes }) => Object.values(nodes).filter(({ op }) => op === moduleOp(module)));
  return instances.map(({ attributes }) => attributes);
}

/** Outer modules expose what they want of an instance by the name that it has there. */
function followExposed({ graph }: DocumentDraft, module: ModuleId, was: string, now: string | null) {
  for (const outer of Object.values(graph.modules ?? {})) {
    const isOf = (node: NodeId) => outer.nodes[node]?.op === moduleOp(module);
    const kept = outer.exposed?.filter(({ node, attribute }) => now !== null || attribute !== was || !isOf(node));
    for (const item of kept ?? []) {
      if (now !== null && item.attribute === was && isOf(item.node)) item.attribute = now;
    }
    if (!outer.exposed || !kept || kept.length === outer.exposed.length) continue;
    if (kept.length > 0) outer.exposed = kept;
    else delete outer.exposed;
  }
}

export const describeModule: Command<{ readonly module: ModuleId; readonly description: string }> = {
  id: 'module.describe',
  label: 'Describe module',
  group: 'Edit',
  enabled: always,
  run(editor, { module, description }) {
    edit(editor, 'Describe module', module, (definition) => {
      definition.description = description.trim();
    });
  },
};

interface Attribute {
  readonly module: ModuleId;
  readonly node: NodeId;
  readonly attribute: string;
}

/** Lets instances set an attribute of a node inside, by its own name where that is free. */
export const exposeAttribute: Command<Attribute> = {
  id: 'module.expose',
  label: 'Expose attribute',
  group: 'Edit',
  enabled: always,
  run(editor, { module, node, attribute }) {
    edit(editor, 'Expose attribute', module, (definition) => {
      const exposed = definition.exposed ?? [];
      if (!definition.nodes[node] || exposed.some((item) => item.node === node && item.attribute === attribute)) return;
      const taken = [PARAMETERS, ...exposed.map(({ as }) => as)];
      definition.exposed = [...exposed, { node, attribute, as: uniqueName(attribute, taken) }];
    });
  },
};

/** Instances keep what they set. */
export const renameExposed: Command<{ readonly module: ModuleId; readonly as: string; readonly name: string }> = {
  id: 'module.rename-exposed',
  label: 'Rename exposed attribute',
  group: 'Edit',
  enabled: always,
  run(editor, { module, as, name }) {
    const wanted = name.trim();
    if (wanted === '' || wanted === as) return;
    edit(editor, 'Rename exposed attribute', module, (definition, draft) => {
      const item = definition.exposed?.find((each) => each.as === as);
      if (!item) return;
      const others = definition.exposed?.flatMap((each) => (each === item ? [] : [each.as])) ?? [];
      item.as = uniqueName(wanted, [PARAMETERS, ...others]);
      for (const values of valuesOf(draft, module)) {
        if (!(as in values)) continue;
        values[item.as] = values[as];
        delete values[as];
      }
      followExposed(draft, module, as, item.as);
    });
  },
};

/** All instances have the value again that the node inside has. */
export const hideAttribute: Command<{ readonly module: ModuleId; readonly as: string }> = {
  id: 'module.hide',
  label: 'Hide attribute',
  group: 'Edit',
  enabled: always,
  run(editor, { module, as }) {
    edit(editor, 'Hide attribute', module, (definition, draft) => {
      if (!definition.exposed?.some((each) => each.as === as)) return;
      definition.exposed = definition.exposed.filter((each) => each.as !== as);
      if (definition.exposed.length === 0) delete definition.exposed;
      for (const values of valuesOf(draft, module)) delete values[as];
      followExposed(draft, module, as, null);
    });
  },
};

/** The way to the first instance of a module; as if there were one where nothing uses it. */
export function pathInto({ graph }: GraphDocument, module: ModuleId): Path {
  const op = moduleOp(module);
  const seen = new Set<string>();
  const find = (nodes: ModuleDefinition['nodes'], path: Path): Path | null => {
    const inside = Object.values(nodes);
    const here = inside.find((node) => node.op === op);
    if (here) return [...path, here.id];
    for (const node of inside) {
      const definition = Object.values(graph.modules ?? {}).find(({ id }) => node.op === moduleOp(id));
      if (!definition || seen.has(definition.id)) continue;
      seen.add(definition.id);
      const found = find(definition.nodes, [...path, node.id]);
      if (found) return found;
    }
    return null;
  };
  return find(graph.nodes, []) ?? [op];
}

/** Opens the inside of a module, whether or not it has instances. */
export const editModule: Command<{ readonly module: ModuleId }> = {
  id: 'module.edit',
  label: 'Edit module',
  group: 'View',
  enabled: always,
  run: (editor, { module }) => openSheet.run(editor, { path: pathInto(editor.whole.getState().document, module) }),
};
