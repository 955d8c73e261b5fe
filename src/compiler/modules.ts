/** Modules as operators: what an instance shows of its definition. */
import type { AttributeValue, DocumentNode, GraphDocument, ModuleDefinition, ModuleId } from './document.ts';
import { type AttributeSpec, type AttributeSpecs, attr, type OpRecord, type PortSpec, type Registry } from './op.ts';

const PREFIX = 'module:';
export const MODULE_INPUT = 'ModuleInput';
export const MODULE_OUTPUT = 'ModuleOutput';
/** The attribute of an instance that says whose its parameters are. */
export const PARAMETERS = 'parameters';

type Modules = GraphDocument['graph']['modules'];

/** The operator of the instances of a module. */
export function moduleOp(id: ModuleId): string {
  return PREFIX + id;
}

/** The module that an operator is an instance of; null for other operators. */
export function moduleIdOf(op: string): ModuleId | null {
  return op.startsWith(PREFIX) ? op.slice(PREFIX.length) : null;
}

export function definitionOf(modules: Modules, op: string): ModuleDefinition | undefined {
  const id = moduleIdOf(op);
  return id === null || !modules || !Object.hasOwn(modules, id) ? undefined : modules[id];
}

/** The ports of one side, which are nodes inside, in the order in which instances show them. */
export function modulePorts({ nodes }: ModuleDefinition, op: typeof MODULE_INPUT | typeof MODULE_OUTPUT) {
  const order = (node: DocumentNode) => Number(node.attributes.order ?? 0);
  return Object.values(nodes)
    .filter((node) => node.op === op)
    .sort((a, b) => order(a) - order(b));
}

const parameters = attr.choice(
  ['own', 'shared'],
  'own',
  'Whether parameters are its own, or those of all instances that share',
);

/** The specification of an attribute of a node inside, with the value it has there as the default. */
function exposedSpec(inner: DocumentNode, attribute: string, find: (op: string) => OpRecord | undefined) {
  const spec = find(inner.op)?.attributes[attribute];
  if (!spec) return null;
  const value: AttributeValue = inner.attributes[attribute] ?? spec.default;
  return { ...spec, default: value, doc: `${spec.doc} (${inner.name})` } satisfies AttributeSpec;
}

function attributesOf(definition: ModuleDefinition, find: (op: string) => OpRecord | undefined): AttributeSpecs {
  const specs: Record<string, AttributeSpec> = { [PARAMETERS]: parameters };
  for (const { node, attribute, as } of definition.exposed ?? []) {
    const inner = definition.nodes[node];
    const spec = inner && exposedSpec(inner, attribute, find);
    // A condition would name an attribute of the node inside.
    if (spec && as !== PARAMETERS) specs[as] = { ...spec, when: undefined };
  }
  return specs;
}

function makeRecord(definition: ModuleDefinition, find: (op: string) => OpRecord | undefined): OpRecord {
  const doc = (node: DocumentNode, side: string) => `${side} ${node.name} of ${definition.name}`;
  const inputs = modulePorts(definition, MODULE_INPUT).map(
    (node): PortSpec => ({ name: node.name, doc: doc(node, 'Input'), optional: node.attributes.optional === true }),
  );
  const outputs = modulePorts(definition, MODULE_OUTPUT).map(
    (node): PortSpec => ({ name: node.name, doc: doc(node, 'Output') }),
  );
  return {
    name: moduleOp(definition.id),
    kind: 'module',
    category: 'Module',
    glyph: '❒',
    inputs,
    outputs,
    aliases: [definition.name],
    attributes: attributesOf(definition, find),
    infer: () => {
      throw new Error(`${definition.name} was not replaced by its nodes`);
    },
    gradient: 'expansion',
    doc: { summary: definition.description || 'A module of this document.' },
    examples: [],
  };
}

/** What users call an operator: instances are called after their module. */
export function operatorTitle(record: OpRecord | undefined, op: string): string {
  return record?.kind === 'module' ? (record.aliases?.[0] ?? op) : op;
}

const records = new WeakMap<ModuleDefinition, OpRecord>();

/**
 * The record of an operator, be it of the registry or a module of the document: ports and attributes as palette, canvas and
 * inspector need them. Modules are never inferred by it: `flatten` replaces them.
 */
export function recordOf(modules: Modules, registry: Registry, op: string, above: ReadonlySet<string> = new Set()) {
  const definition = definitionOf(modules, op);
  if (!definition) return registry.get(op);
  const known = records.get(definition);
  if (known) return known;
  // A module that contains itself has no attributes of its own to expose.
  const find = (inner: string): OpRecord | undefined =>
    above.has(inner) ? undefined : recordOf(modules, registry, inner, new Set([...above, op]));
  const record = makeRecord(definition, find);
  // What a nested module exposes may change without this definition.
  const nested = definition.exposed?.some(({ node }) => moduleIdOf(definition.nodes[node]?.op ?? '') !== null);
  if (!nested) records.set(definition, record);
  return record;
}
