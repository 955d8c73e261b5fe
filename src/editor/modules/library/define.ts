/** Modules written in a few lines. */
import type {
  AttributeValue,
  DocumentEdge,
  DocumentNode,
  ExposedAttribute,
  ModuleDefinition,
  Places,
} from '../../../compiler/document.ts';
import { registry } from '../../../nodes/registry.ts';

/** A module that comes with the editor; adding it copies the definition into the document. */
export interface LibraryModule {
  /** The id that the definition gets where that is free. */
  readonly name: string;
  readonly definition: Omit<ModuleDefinition, 'id'>;
  readonly places: Places;
}

/** Column and row on the sheet, operator, wires as `port: 'node'` or `port: 'node:output'`, attributes. */
export type Part = readonly [
  column: number,
  row: number,
  op: string,
  wires?: Readonly<Record<string, string>>,
  attributes?: Readonly<Record<string, AttributeValue>>,
];

const COLUMN = 224;
const ROW = 116;

export interface Described {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Attributes that instances set, as `name: 'node.attribute'`. */
  readonly exposed?: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Part>>;
}

export function define({ name, title, description, exposed = {}, parts }: Described): LibraryModule {
  const nodes: Record<string, DocumentNode> = {};
  const edges: Record<string, DocumentEdge> = {};
  const places: Record<string, { x: number; y: number }> = {};
  for (const [id, [column, row, op, wires = {}, attributes = {}]] of Object.entries(parts)) {
    nodes[id] = { id, op, name: id, attributes };
    places[id] = { x: column * COLUMN, y: row * ROW };
    for (const [port, from] of Object.entries(wires)) {
      const [source = '', given] = from.split(':');
      const output = given ?? registry.get(parts[source]?.[2] ?? '')?.outputs[0]?.name ?? '';
      edges[`${id}.${port}`] = {
        id: `${id}.${port}`,
        source: { node: source, port: output },
        target: { node: id, port },
      };
    }
  }
  const list = Object.entries(exposed).map(([as, place]): ExposedAttribute => {
    const [node = '', attribute = ''] = place.split('.');
    return { node, attribute, as };
  });
  const definition = { name: title, description, nodes, edges, ...(list.length > 0 && { exposed: list }) };
  return { name, definition, places };
}
