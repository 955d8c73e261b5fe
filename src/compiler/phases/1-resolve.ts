import type { DocumentDatasets } from '../datasets.ts';
import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import {
  type DocumentEdge,
  type DocumentNode,
  type GraphDocument,
  type LanguageOptions,
  languageOptions,
  type NodeId,
} from '../document.ts';
import { moduleIdOf } from '../modules.ts';
import { completeAttributes, type OpRecord, type Registry } from '../op.ts';
import { didYouMean, nearest } from '../spelling.ts';
import { checkAttributes } from './resolve/attributes.ts';
import { withoutMuted } from './resolve/flags.ts';
import { connect, looseWire } from './resolve/wires.ts';

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
  readonly bypassed: boolean;
}

export interface ResolvedGraph {
  /** In order of dependence, then those on a cycle or behind one. Nodes of unknown operators are left out. */
  readonly order: readonly ResolvedNode[];
  readonly diagnostics: readonly Diagnostic[];
  /** Nodes with an error of their own in this phase. */
  readonly failed: ReadonlySet<NodeId>;
  /** Of the training; random operators without a seed of their own derive theirs from it. */
  readonly seed: number;
  readonly options: LanguageOptions;
  readonly datasets: DocumentDatasets | undefined;
}

/** The `update` wire of a parameter is followed after the step, so it is no dependence within it. */
export function isFeedback(record: OpRecord | undefined, port: string): boolean {
  return record?.kind === 'parameter' && port === 'update';
}

const NO_PORTS: ReadonlySet<string> = new Set();

function unknownOperator({ id, name, op }: DocumentNode, registry: Registry): Diagnostic {
  const names = [...registry.values()].filter(({ internal }) => !internal);
  const words = names.flatMap((record) => [record.name, ...(record.aliases ?? [])].map((word) => [word, record.name]));
  const word = nearest(
    op,
    words.map(([known = '']) => known),
  );
  const meant = words.find(([known]) => known === word)?.[1];
  return diagnostic(
    'graph/unknown-operator',
    { node: id },
    {
      title: `${name}: there is no operator “${op}”${didYouMean(meant ?? null)}`,
      cause: 'It may come from a newer version. The node is kept as it is, but nothing can be computed from it.',
      fixes: [
        ...(meant === undefined
          ? []
          : [
              {
                label: `Make it ${meant}`,
                safety: 'maybe' as const,
                edits: [{ kind: 'set-operator' as const, node: id, op: meant }],
              },
            ]),
        { label: 'Remove the node', safety: 'maybe', edits: [{ kind: 'remove-node', node: id }] },
      ],
    },
  );
}

/** Loops among the nodes that wait for each other, each once, in the direction of the wires. */
function findLoops(nodes: ReadonlyMap<NodeId, ResolvedNode>, waiting: ReadonlySet<NodeId>): NodeId[][] {
  const loops: NodeId[][] = [];
  const visited = new Set<NodeId>();
  for (const start of waiting) {
    const path: NodeId[] = [];
    let at: NodeId | undefined = start;
    while (at !== undefined && !visited.has(at)) {
      visited.add(at);
      path.push(at);
      const { inputs, record } = nodes.get(at) as ResolvedNode;
      at = inputs.find(({ port, source }) => source && waiting.has(source.node) && !isFeedback(record, port))?.source
        ?.node;
    }
    const begin = at === undefined ? -1 : path.indexOf(at);
    if (begin >= 0) loops.push(path.slice(begin).reverse());
  }
  return loops;
}

function reportCycle(
  loop: readonly NodeId[],
  nodes: ReadonlyMap<NodeId, ResolvedNode>,
  document: GraphDocument,
): Diagnostic {
  const name = (id: NodeId): string => nodes.get(id)?.name ?? id;
  const [first, second = first] = loop;
  const edge = Object.values(document.graph.edges).find(
    (wire) => wire.source.node === first && wire.target.node === second,
  );
  return diagnostic(
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
  );
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

const NO_NODES: ReadonlySet<NodeId> = new Set();

/**
 * Finds each node's record and wires, orders nodes by dependence, and reports what does not fit together. What is wrong with
 * the nodes `before` is told already.
 */
export function resolve(drawn: GraphDocument, registry: Registry, before = NO_NODES): ResolvedGraph {
  const document = withoutMuted(drawn, registry);
  const diagnostics: Diagnostic[] = [];
  const failed = new Set<NodeId>(before);
  const operators = Object.values(document.graph.nodes).filter((node) => registry.get(node.op)?.kind !== 'note');
  diagnostics.push(...duplicateNames(operators));

  const wires = new Map<NodeId, DocumentEdge[]>();
  const loose = new Map<NodeId, Set<string>>();
  for (const edge of Object.values(document.graph.edges)) {
    const { node, port } = edge.target;
    const found = looseWire(edge, document, registry);
    if (!found) {
      const list = wires.get(node);
      if (list) list.push(edge);
      else wires.set(node, [edge]);
      continue;
    }
    diagnostics.push(found);
    failed.add(node);
    loose.set(node, new Set([...(loose.get(node) ?? []), port]));
  }

  const nodes = new Map<NodeId, ResolvedNode>();
  for (const node of operators) {
    const record = registry.get(node.op);
    if (!record || record.kind === 'module') {
      failed.add(node.id);
      if (moduleIdOf(node.op) === null) diagnostics.push(unknownOperator(node, registry));
      continue;
    }
    const report = (found: Diagnostic): void => {
      diagnostics.push(found);
      if (found.severity === 'error') failed.add(node.id);
    };
    for (const found of checkAttributes(node, record)) report(found);
    const inputs = connect(node, record, wires.get(node.id) ?? [], loose.get(node.id) ?? NO_PORTS, report);
    nodes.set(node.id, {
      id: node.id,
      name: node.name,
      record,
      attributes: completeAttributes(record, node.attributes),
      inputs,
      bypassed: node.bypassed === true,
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
  for (const loop of findLoops(nodes, left)) {
    diagnostics.push(reportCycle(loop, nodes, document));
    for (const id of loop) failed.add(id);
  }
  // What hangs on a loop is no loop itself.
  for (const id of left) order.push(nodes.get(id) as ResolvedNode);
  const { training, datasets } = document.graph;
  return { order, diagnostics, failed, seed: training.seed, options: languageOptions(document), datasets };
}
