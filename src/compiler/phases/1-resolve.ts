import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import { isDim } from '../dims.ts';
import {
  type AttributeValue,
  type DocumentEdge,
  type DocumentNode,
  type GraphDocument,
  type LanguageOptions,
  languageOptions,
  type NodeId,
  numberedPort,
} from '../document.ts';
import { type AttributeSpec, completeAttributes, type OpRecord, type Registry } from '../op.ts';

export interface ResolvedInput {
  readonly port: string;
  readonly source: { readonly node: NodeId; readonly port: string } | null;
}

/** A node whose operator, attributes and wires are known. */
export interface ResolvedNode {
  readonly id: NodeId;
  readonly name: string;
  readonly record: OpRecord;
  // biome-ignore lint/suspicious/noExplicitAny: complete attributes in the record's own types, which are forgotten here
  readonly attributes: any;
  readonly inputs: readonly ResolvedInput[];
}

export interface ResolvedGraph {
  /** In order of dependence. Nodes on a cycle and nodes of unknown operators are left out. */
  readonly order: readonly ResolvedNode[];
  readonly diagnostics: readonly Diagnostic[];
  /** Nodes with an error of their own in this phase. */
  readonly failed: ReadonlySet<NodeId>;
  /** Of the training; random operators without a seed of their own derive theirs from it. */
  readonly seed: number;
  readonly options: LanguageOptions;
}

/** The `update` wire of a parameter is followed after the step, so it is no dependence within it. */
export function isFeedback(record: OpRecord | undefined, port: string): boolean {
  return record?.kind === 'parameter' && port === 'update';
}

function rangeProblem(values: readonly number[], { min, max }: AttributeSpec): string | null {
  const where = values.length > 1 ? ' everywhere' : '';
  if (min !== undefined && values.some((value) => value < min)) return `has to be at least ${min}${where}`;
  return max !== undefined && values.some((value) => value > max) ? `has to be at most ${max}${where}` : null;
}

function attributeProblem(value: AttributeValue, spec: AttributeSpec): string | null {
  const isNumbers = (items: unknown): boolean => Array.isArray(items) && items.every((item) => Number.isFinite(item));
  switch (spec.type) {
    case 'int':
    case 'float': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'has to be a number';
      if (spec.type === 'int' && !Number.isInteger(value)) return 'has to be a whole number';
      return rangeProblem([value], spec);
    }
    case 'boolean':
      return typeof value === 'boolean' ? null : 'has to be true or false';
    case 'choice':
      return spec.choices?.includes(String(value)) ? null : `has to be one of ${spec.choices?.join(', ')}`;
    case 'string':
    case 'text':
      return typeof value === 'string' ? null : 'has to be text';
    case 'ints':
      return isNumbers(value) && (value as number[]).every(Number.isInteger)
        ? rangeProblem(value as number[], spec)
        : 'has to be a list of whole numbers';
    case 'floats':
      return isNumbers(value) ? rangeProblem(value as number[], spec) : 'has to be a list of numbers';
    case 'shape':
      return Array.isArray(value) &&
        value.every((item) => (typeof item === 'string' ? isDim(item) : Number.isInteger(item)))
        ? null
        : 'has to be a list of whole numbers and names';
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? null
        : 'has to be a list of texts';
  }
}

function checkAttributes(node: DocumentNode, record: OpRecord): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [attribute, value] of Object.entries(node.attributes)) {
    const spec = record.attributes[attribute];
    const place = { node: node.id, attribute };
    if (!spec) {
      found.push(
        diagnostic('attribute/unknown', place, {
          severity: 'warning',
          title: `${record.name} has no attribute “${attribute}”`,
          cause: `It is ignored. Known attributes: ${Object.keys(record.attributes).join(', ') || 'none'}.`,
        }),
      );
      continue;
    }
    const problem = attributeProblem(value, spec);
    if (!problem) continue;
    found.push(
      diagnostic('attribute/invalid', place, {
        title: `${node.name}: ${attribute} ${problem}`,
        cause: `It is ${JSON.stringify(value)}. What it means: ${spec.doc.replace(/\.$/, '')}.`,
        fixes: [
          {
            label: `Set ${attribute} to ${JSON.stringify(spec.default)}`,
            safety: 'maybe',
            edits: [{ kind: 'set-attribute', node: node.id, attribute, value: spec.default }],
          },
        ],
      }),
    );
  }
  return found;
}

/** The wires of a node by its input ports, with what is wrong about them. */
function connect(
  node: DocumentNode,
  record: OpRecord,
  wires: readonly DocumentEdge[],
  report: (diagnostic: Diagnostic) => void,
): ResolvedInput[] {
  const byPort = new Map<string, DocumentEdge>();
  const known = new Set(record.inputs.map((port) => port.name));
  for (const edge of wires) {
    const [base, member] = numberedPort(edge.target.port);
    const variadic = record.inputs.find((port) => port.name === base)?.variadic ?? false;
    const remove = [
      { label: 'Remove the wire', safety: 'safe' as const, edits: [{ kind: 'remove-edge' as const, edge: edge.id }] },
    ];
    const place = { node: node.id, port: edge.target.port, edge: edge.id };
    if (!known.has(base) || variadic !== (member !== null)) {
      report(
        diagnostic('document/dangling-edge', place, {
          title: `${record.name} has no input “${edge.target.port}”`,
          fixes: remove,
        }),
      );
    } else if (byPort.has(edge.target.port)) {
      report(
        diagnostic('graph/two-wires', place, {
          title: `${node.name}: two wires end at “${edge.target.port}”`,
          cause: 'An input takes one value. Add them first, or remove one wire.',
          fixes: remove,
        }),
      );
    } else byPort.set(edge.target.port, edge);
  }

  const inputs: ResolvedInput[] = [];
  for (const port of record.inputs) {
    if (port.variadic) {
      const members = [...byPort.keys()].filter((key) => numberedPort(key)[0] === port.name);
      members.sort((a, b) => (numberedPort(a)[1] ?? 0) - (numberedPort(b)[1] ?? 0));
      for (const key of members) inputs.push({ port: key, source: byPort.get(key)?.source ?? null });
      if (members.length > 0 || port.optional) continue;
    } else {
      const source = byPort.get(port.name)?.source ?? null;
      inputs.push({ port: port.name, source });
      if (source || port.optional) continue;
    }
    report(
      diagnostic(
        'graph/missing-input',
        { node: node.id, port: port.variadic ? `${port.name}.0` : port.name },
        {
          title: `${node.name}: nothing is wired to “${port.name}”`,
          cause: `${record.name} needs it: ${port.doc.replace(/\.$/, '')}.`,
        },
      ),
    );
  }
  return inputs;
}

function reportCycle(
  nodes: ReadonlyMap<NodeId, ResolvedNode>,
  left: ReadonlySet<NodeId>,
  document: GraphDocument,
): Diagnostic[] {
  const start = [...left][0];
  if (start === undefined) return [];
  const seen: NodeId[] = [];
  let at: NodeId = start;
  while (!seen.includes(at)) {
    seen.push(at);
    const next: NodeId | undefined = nodes.get(at)?.inputs.find((input) => input.source && left.has(input.source.node))
      ?.source?.node;
    if (next === undefined) return [];
    at = next;
  }
  const loop = seen.slice(seen.indexOf(at)).reverse();
  const name = (id: NodeId): string => nodes.get(id)?.name ?? id;
  const [first, second = first] = loop;
  const edge = Object.values(document.graph.edges).find(
    (wire) => wire.source.node === first && wire.target.node === second,
  );
  return [
    diagnostic(
      'graph/cycle',
      { node: second, edge: edge?.id },
      {
        title: `These nodes depend on each other in a circle: ${[...loop, first].map((id) => name(id as NodeId)).join(' → ')}`,
        cause:
          'A value cannot be computed from itself. To carry a value to the next step, use a Parameter and its update input.',
        evidence: loop.map((id) => ({ label: name(id), text: 'on the circle', node: id })),
        fixes: edge
          ? [
              {
                label: `Remove the wire from ${name(edge.source.node)} to ${name(edge.target.node)}`,
                safety: 'maybe',
                edits: [{ kind: 'remove-edge', edge: edge.id }],
              },
            ]
          : [],
      },
    ),
  ];
}

function duplicateNames(nodes: readonly DocumentNode[]): Diagnostic[] {
  const names = new Set(nodes.map((node) => node.name));
  const seen = new Set<string>();
  return nodes.flatMap((node) => {
    if (!seen.has(node.name)) {
      seen.add(node.name);
      return [];
    }
    let count = 2;
    while (names.has(`${node.name}${count}`)) count++;
    const name = `${node.name}${count}`;
    names.add(name);
    return diagnostic(
      'document/duplicate-name',
      { node: node.id },
      {
        title: `Two nodes are called “${node.name}”`,
        cause: 'Names are what messages, saved weights and exported graphs call a node.',
        fixes: [
          { label: `Rename this one to ${name}`, safety: 'safe', edits: [{ kind: 'rename', node: node.id, name }] },
        ],
      },
    );
  });
}

/** Finds each node's record and wires, orders nodes by dependence, and reports what does not fit together. */
export function resolve(document: GraphDocument, registry: Registry): ResolvedGraph {
  const diagnostics: Diagnostic[] = [];
  const failed = new Set<NodeId>();
  const drawn = Object.values(document.graph.nodes).filter((node) => registry.get(node.op)?.kind !== 'note');
  diagnostics.push(...duplicateNames(drawn));

  const wires = new Map<NodeId, DocumentEdge[]>();
  for (const edge of Object.values(document.graph.edges)) {
    const [source, target] = [document.graph.nodes[edge.source.node], document.graph.nodes[edge.target.node]];
    const sourceRecord = source && registry.get(source.op);
    const hasPort =
      !sourceRecord || sourceRecord.outputs.some((port) => port.name === numberedPort(edge.source.port)[0]);
    if (source && target && hasPort) {
      wires.set(target.id, [...(wires.get(target.id) ?? []), edge]);
      continue;
    }
    diagnostics.push(
      diagnostic(
        'document/dangling-edge',
        { edge: edge.id, ...(target ? { node: target.id, port: edge.target.port } : {}) },
        {
          title: `A wire starts or ends at a place that does not exist (${edge.source.node}.${edge.source.port} → ${edge.target.node}.${edge.target.port})`,
          fixes: [{ label: 'Remove the wire', safety: 'safe', edits: [{ kind: 'remove-edge', edge: edge.id }] }],
        },
      ),
    );
  }

  const nodes = new Map<NodeId, ResolvedNode>();
  for (const node of drawn) {
    const record = registry.get(node.op);
    if (!record) {
      failed.add(node.id);
      diagnostics.push(
        diagnostic(
          'graph/unknown-operator',
          { node: node.id },
          {
            title: `${node.name}: there is no operator “${node.op}”`,
            cause: 'It may come from a newer version. The node is kept as it is, but nothing can be computed from it.',
            fixes: [{ label: 'Remove the node', safety: 'maybe', edits: [{ kind: 'remove-node', node: node.id }] }],
          },
        ),
      );
      continue;
    }
    const report = (found: Diagnostic): void => {
      diagnostics.push(found);
      if (found.severity === 'error') failed.add(node.id);
    };
    for (const found of checkAttributes(node, record)) report(found);
    const inputs = connect(node, record, wires.get(node.id) ?? [], report);
    nodes.set(node.id, {
      id: node.id,
      name: node.name,
      record,
      attributes: completeAttributes(record, node.attributes),
      inputs,
    });
  }

  const users = new Map<NodeId, NodeId[]>();
  const waiting = new Map<NodeId, number>();
  for (const node of nodes.values()) {
    let count = 0;
    for (const { port, source } of node.inputs) {
      if (!source || !nodes.has(source.node) || isFeedback(node.record, port)) continue;
      count++;
      const list = users.get(source.node);
      if (list) list.push(node.id);
      else users.set(source.node, [node.id]);
    }
    waiting.set(node.id, count);
  }
  const ready = [...nodes.keys()].filter((id) => waiting.get(id) === 0);
  const order: ResolvedNode[] = [];
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] as NodeId;
    order.push(nodes.get(id) as ResolvedNode);
    for (const user of users.get(id) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  const placed = new Set(ready);
  const left = new Set([...nodes.keys()].filter((id) => !placed.has(id)));
  diagnostics.push(...reportCycle(nodes, left, document));
  for (const id of left) failed.add(id);
  return { order, diagnostics, failed, seed: document.graph.training.seed, options: languageOptions(document) };
}
