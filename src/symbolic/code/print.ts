/** A document as code of the symbolic language: a line for each node, in order of dependence. */
import type {
  AttributeValue,
  DocumentEdge,
  DocumentNode,
  GraphDocument,
  ModuleDefinition,
  NodeId,
} from '../../compiler/document.ts';
import { DEFAULT_TRAINING, numberedPort } from '../../compiler/document.ts';
import { moduleIdOf } from '../../compiler/modules.ts';
import { type OpRecord, type PortSpec, portNames } from '../../compiler/op.ts';
import { registry } from '../../nodes/registry.ts';
import { IDIOMS } from './idioms.ts';

export interface Printed {
  readonly code: string;
  /** The line of each node of the drawing itself, counted from 1. */
  readonly lines: ReadonlyMap<NodeId, number>;
  /** Wires that cannot be written: they close a circle, or are not the only one of an input. */
  readonly lost: readonly DocumentEdge[];
}

interface Sheet {
  readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
  readonly edges: Readonly<Record<string, DocumentEdge>>;
}

const RESERVED = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function graph if import in instanceof let module new node null op return shared static super switch T this throw true try typeof undefined var void while with yield arguments eval'.split(
    ' ',
  ),
);

const isIdentifier = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text) && !RESERVED.has(text);

/** Names of constants: those of nodes where these can be, and no name twice. */
class Names {
  readonly #used = new Set<string>();
  readonly #parent: Names | null;

  constructor(parent: Names | null = null) {
    this.#parent = parent;
  }

  #taken(name: string): boolean {
    if (this.#used.has(name)) return true;
    return this.#parent ? this.#parent.#taken(name) : false;
  }

  give(wanted: string): string {
    const plain = wanted.replace(/[^\w$]/g, '_').replace(/^(?=\d)/, '_') || '_';
    let name = isIdentifier(plain) ? plain : `${plain}_`;
    for (let number = 2; this.#taken(name); number++) name = `${plain}_${number}`;
    this.#used.add(name);
    return name;
  }
}

function literal(value: unknown): string {
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    if (entries.length === 0) return '{}';
    return `{ ${entries.map(([key, each]) => `${isIdentifier(key) ? key : literal(key)}: ${literal(each)}`).join(', ')} }`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

const member = (object: string, port: string): string =>
  isIdentifier(port) ? `${object}.${port}` : `${object}[${literal(port)}]`;

/** Wires that are written where their target is; `update` wires come afterwards. */
const isUpdate = (nodes: Sheet['nodes'], { target }: DocumentEdge): boolean =>
  target.port === 'update' && registry.get(nodes[target.node]?.op ?? '')?.kind === 'parameter';

/** Nodes after those they depend on, and the wires for which that cannot be. */
function sorted({ nodes, edges }: Sheet): {
  readonly order: readonly DocumentNode[];
  readonly lost: Set<DocumentEdge>;
} {
  const into = new Map<NodeId, DocumentEdge[]>();
  const lost = new Set<DocumentEdge>();
  const wired = new Set<string>();
  for (const edge of Object.values(edges)) {
    const key = JSON.stringify([edge.target.node, edge.target.port]);
    if (wired.has(key) || !nodes[edge.source.node] || !nodes[edge.target.node]) lost.add(edge);
    else if (!isUpdate(nodes, edge)) into.set(edge.target.node, [...(into.get(edge.target.node) ?? []), edge]);
    wired.add(key);
  }
  const order: DocumentNode[] = [];
  const state = new Map<NodeId, 'open' | 'done'>();
  // An explicit stack: chains of thousands of nodes are deeper than calls can be.
  for (const root of Object.keys(nodes)) {
    const stack = state.has(root) ? [] : [{ id: root, wires: into.get(root) ?? [], next: 0 }];
    state.set(root, state.get(root) ?? 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = top.wires[top.next++];
      if (!edge) {
        state.set(top.id, 'done');
        order.push(nodes[top.id] as DocumentNode);
        stack.pop();
        continue;
      }
      const from = edge.source.node;
      if (state.get(from) === 'open') lost.add(edge);
      else if (!state.has(from)) {
        state.set(from, 'open');
        stack.push({ id: from, wires: into.get(from) ?? [], next: 0 });
      }
    }
  }
  return { order, lost };
}

class SheetPrinter {
  readonly lost: Set<DocumentEdge>;
  readonly #order: readonly DocumentNode[];
  readonly #sheet: Sheet;
  readonly #names: Names;
  readonly #constants = new Map<NodeId, string>();
  readonly #modules: ReadonlyMap<string, string>;
  /** Nodes that are not as their records say, if they have one: they are written with the names of all ports. */
  readonly #strange: ReadonlySet<NodeId>;

  constructor(sheet: Sheet, names: Names, modules: ReadonlyMap<string, string>) {
    this.#sheet = sheet;
    this.#names = names;
    this.#modules = modules;
    const { order, lost } = sorted(sheet);
    this.#order = order;
    this.lost = lost;
    const has = (ports: readonly PortSpec[], port: string) =>
      ports.some(({ name, variadic }) => (variadic ? numberedPort(port)[0] : port) === name);
    const strange = new Set<NodeId>();
    for (const { source, target } of Object.values(sheet.edges)) {
      const [from, to] = [source, target].map(({ node }) => registry.get(sheet.nodes[node]?.op ?? ''));
      if (!has(from?.outputs ?? [], source.port)) strange.add(source.node);
      if (!has(to?.inputs ?? [], target.port)) strange.add(target.node);
    }
    for (const { id, op, attributes } of Object.values(sheet.nodes)) {
      const known = registry.get(op)?.attributes ?? {};
      if (!registry.has(op) || Object.keys(attributes).some((key) => !Object.hasOwn(known, key))) strange.add(id);
    }
    this.#strange = strange;
  }

  /** A line for each node. */
  statements(): readonly (readonly [NodeId, string])[] {
    return this.#order.map((node) => {
      const written = this.#expression(node);
      const name = this.#names.give(node.name);
      this.#constants.set(node.id, name);
      return [node.id, `const ${name} = ${written};`];
    });
  }

  /** `nodes`, `updates` and flags, as entries of an object. */
  content(): string[] {
    const nodes = this.#order.map(({ id, name }) => {
      const constant = this.#constants.get(id) as string;
      return name === constant ? name : `${isIdentifier(name) ? name : literal(name)}: ${constant}`;
    });
    const entries = [`nodes: { ${nodes.join(', ')} }`];
    const updates = Object.values(this.#sheet.edges).filter(
      (edge) => isUpdate(this.#sheet.nodes, edge) && !this.lost.has(edge),
    );
    if (updates.length > 0) {
      const pairs = updates.map(
        ({ source, target }) => `[${this.#constants.get(target.node)}, ${this.#reference(source)}]`,
      );
      entries.push(`updates: [${pairs.join(', ')}]`);
    }
    for (const flag of ['muted', 'bypassed'] as const) {
      const flagged = this.#order.filter((node) => node[flag]).map(({ name }) => name);
      if (flagged.length > 0) entries.push(`${flag}: ${literal(flagged)}`);
    }
    return entries;
  }

  #reference({ node, port }: DocumentEdge['source']): string {
    const constant = this.#constants.get(node) as string;
    const outputs = registry.get(this.#sheet.nodes[node]?.op ?? '')?.outputs ?? [];
    const [only] = outputs;
    const alone = outputs.length === 1 && only && !only.variadic && !this.#strange.has(node);
    return alone ? constant : member(constant, port);
  }

  #expression(node: DocumentNode): string {
    const { id, op, attributes } = node;
    const wires = Object.values(this.#sheet.edges).filter(
      (edge) => edge.target.node === id && !this.lost.has(edge) && !isUpdate(this.#sheet.nodes, edge),
    );
    const inputs = new Map(wires.map(({ source, target }) => [target.port, this.#reference(source)]));
    const module = moduleIdOf(op);
    const callee = module === null ? undefined : this.#modules.get(module);
    const record = registry.get(op);
    if (callee !== undefined) return `${callee}(${[named(inputs), ...options(attributes)].join(', ')})`;
    if (!record || this.#strange.has(id))
      return `node(${[literal(op), named(inputs), ...options(attributes)].join(', ')})`;
    const ordered = inOrder(record, inputs);
    const idiom = IDIOMS[op];
    if (idiom && Object.keys(attributes).length === 0 && !ordered.includes('null') && ordered.length === idiom.inputs) {
      return idiom.print(ordered);
    }
    return `op.${op}(${[...ordered, ...options(attributes)].join(', ')})`;
  }
}

/** Inputs in the order of ports. */
function inOrder(record: OpRecord, inputs: ReadonlyMap<string, string>): string[] {
  const members = [...inputs.keys()].map((port) => numberedPort(port)[1] ?? 0);
  const ports = portNames(record.inputs, record.inputs.length + Math.max(0, ...members));
  const last = Math.max(-1, ...[...inputs.keys()].map((port) => ports.indexOf(port)));
  return ports.slice(0, last + 1).map((port) => inputs.get(port) ?? 'null');
}

const named = (inputs: ReadonlyMap<string, string>): string =>
  inputs.size === 0
    ? '{}'
    : `{ ${[...inputs].map(([port, from]) => (port === from ? port : `${isIdentifier(port) ? port : literal(port)}: ${from}`)).join(', ')} }`;

const options = (attributes: Readonly<Record<string, AttributeValue>>): string[] =>
  Object.keys(attributes).length === 0 ? [] : [literal(attributes)];

function printModule(definition: ModuleDefinition, name: string, modules: ReadonlyMap<string, string>, outer: Names) {
  const printer = new SheetPrinter(definition, new Names(outer), modules);
  const statements = printer.statements().map(([, statement]) => `  ${statement}`);
  const exposed = definition.exposed?.map((each) => ({
    ...each,
    node: definition.nodes[each.node]?.name ?? each.node,
  }));
  const entries = [
    `id: ${literal(definition.id)}`,
    `name: ${literal(definition.name)}`,
    ...(definition.description ? [`description: ${literal(definition.description)}`] : []),
    ...printer.content(),
    ...(exposed ? [`exposed: ${literal(exposed)}`] : []),
  ];
  const lines = [
    `const ${name} = module(() => {`,
    ...statements,
    '  return {',
    ...entries.map((entry) => `    ${entry},`),
    '  };',
    '});',
    '',
  ];
  return { lines, lost: printer.lost };
}

/** Modules after those they have instances of. */
function modulesInOrder(modules: readonly ModuleDefinition[]): readonly ModuleDefinition[] {
  const order: ModuleDefinition[] = [];
  const visit = (definition: ModuleDefinition, open: readonly ModuleDefinition[]): void => {
    if (order.includes(definition) || open.includes(definition)) return;
    for (const { op } of Object.values(definition.nodes)) {
      const inner = modules.find(({ id }) => id === moduleIdOf(op));
      if (inner) visit(inner, [...open, definition]);
    }
    order.push(definition);
  };
  for (const definition of modules) visit(definition, []);
  return order;
}

/** Prints a document. What `readCode` makes of it is the same document but for ids and places. */
export function printCode({ name, description, graph }: GraphDocument): Printed {
  const names = new Names();
  const lines: string[] = ["import { graph, module, node, op, T } from 'wiregrad';", ''];
  const modules = new Map<string, string>();
  const lost: DocumentEdge[] = [];
  for (const definition of modulesInOrder(Object.values(graph.modules ?? {}))) {
    const constant = names.give(definition.name);
    const printed = printModule(definition, constant, modules, names);
    modules.set(definition.id, constant);
    lines.push(...printed.lines);
    lost.push(...printed.lost);
  }
  const printer = new SheetPrinter(graph, names, modules);
  const places = new Map<NodeId, number>();
  for (const [id, statement] of printer.statements()) {
    lines.push(statement);
    places.set(id, lines.length);
  }
  const training = Object.fromEntries(
    Object.entries(graph.training).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify((DEFAULT_TRAINING as never)[key]),
    ),
  );
  const entries = [
    `name: ${literal(name)}`,
    ...(description ? [`description: ${literal(description)}`] : []),
    ...printer.content(),
    ...(modules.size > 0 ? [`modules: [${[...modules.values()].join(', ')}]`] : []),
    ...(graph.datasets ? [`datasets: ${literal(graph.datasets)}`] : []),
    ...(Object.keys(training).length > 0 ? [`training: ${literal(training)}`] : []),
    ...(graph.options ? [`options: ${literal(graph.options)}`] : []),
  ];
  if (places.size > 0) lines.push('');
  lines.push('export default graph({', ...entries.map((entry) => `  ${entry},`), '});', '');
  return { code: lines.join('\n'), lines: places, lost: [...lost, ...printer.lost] };
}
