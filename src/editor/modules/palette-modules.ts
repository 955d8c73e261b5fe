/** What the palette offers as modules: ports inside of one, the document's own, and those that come with the editor. */
import { useState } from 'react';
import type { GraphDocument, ModuleId } from '../../compiler/document.ts';
import { MODULE_INPUT, MODULE_OUTPUT, moduleIdOf, moduleOp, recordOf } from '../../compiler/modules.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';
import { registry as language } from '../../nodes/registry.ts';
import { type Found, searchOperators } from '../palette/search.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useWhole } from '../store/hooks.ts';
import { definitionsAlong, type Path } from '../store/sheets.ts';
import { instanceCount } from './edits.ts';
import { moduleLibrary } from './library/library.ts';

export interface PaletteModule {
  readonly record: OpRecord;
  /** The module of the document that it is; null for others. */
  readonly own: ModuleId | null;
  /** Nothing of the document uses it. */
  readonly removable: boolean;
}

/** Records by the names that `placeOperator` takes. */
const library: readonly OpRecord[] = moduleLibrary.flatMap(({ name, definition }) => {
  const id = `library:${name}`;
  const record = recordOf({ [id]: { id, ...definition } }, language, moduleOp(id));
  return record ? [{ ...record, name: id }] : [];
});

function listModules(document: GraphDocument, path: Path): readonly PaletteModule[] {
  const ports = path.length > 0 ? [MODULE_INPUT, MODULE_OUTPUT] : [];
  // A module cannot contain itself.
  const around = new Set(definitionsAlong(document, path).map(({ id }) => id));
  const own = Object.keys(document.graph.modules ?? {}).filter((id) => !around.has(id));
  const titles = new Set(Object.values(document.graph.modules ?? {}).map(({ name }) => name));
  const records = [...ports, ...own.map(moduleOp)].flatMap((op) => editor.registry.get(op) ?? []);
  return [
    ...records.map((record) => {
      const id = moduleIdOf(record.name);
      return { record, own: id, removable: id !== null && instanceCount(document, id) === 0 };
    }),
    // What was added from the library is among the document's own.
    ...library
      .filter(({ aliases = [] }) => !aliases.some((title) => titles.has(title)))
      .map((record) => ({ record, own: null, removable: false })),
  ];
}

const isSame = (a: PaletteModule, b: PaletteModule | undefined) =>
  a.record === b?.record && a.removable === b.removable;

/** Makes the function that lists them: the same list until an edit changes it, because the palette is long. */
function createModuleList() {
  let graph: GraphDocument['graph'] | null = null;
  let at: Path = [];
  let list: readonly PaletteModule[] = [];
  return (document: GraphDocument, path: Path) => {
    if (document.graph === graph && path === at) return list;
    graph = document.graph;
    at = path;
    const next = listModules(document, path);
    if (next.length !== list.length || !next.every((item, index) => isSame(item, list[index]))) list = next;
    return list;
  };
}

export function usePaletteModules(): readonly PaletteModule[] {
  const path = useDocumentState((state) => state.path);
  const [list] = useState(createModuleList);
  return useWhole((state) => list(state.document, path));
}

/** Operators and modules by name, best first. */
export function searchRecords(registry: Registry, modules: readonly PaletteModule[], query: string): readonly Found[] {
  // Ports are no operators of the language that one could use anywhere; here they are offered.
  const offered = modules.map(({ record }): OpRecord => ({ ...record, internal: false }));
  return searchOperators(new Map([...registry, ...offered.map((record) => [record.name, record] as const)]), query).map(
    (found) =>
      found.alias === found.record.aliases?.[0] && found.record.kind === 'module' ? { ...found, alias: null } : found,
  );
}
