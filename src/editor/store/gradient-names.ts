/** Names for what nodes compute that differentiate: `dloss/dW1`. */
import type { GraphDocument, NodeId, PortRef } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { memberIndex, wiresOf } from './graph-index.ts';

type Graph = GraphDocument['graph'];

/** The gradient of one value with respect to another. */
export function derivative(of: string, by: string): string {
  return `d${of}/d${by}`;
}

const second = (of: string, by: string) => `d²${of}/d${by}²`;

/** By operator, from the names of what its inputs are wired to and the number of the output. */
const NAMES: Readonly<Record<string, (name: (port: string) => string, member: number) => string>> = {
  Grad: (name, member) => derivative(name('cost'), name(`wrt.${member}`)),
  VectorJacobianProduct: (name, member) => `${name('v')}·${derivative(name('y'), name(`wrt.${member}`))}`,
  JacobianVectorProduct: (name) => `${derivative(name('y'), name('x'))}·${name('v')}`,
  HessianVectorProduct: (name) => `${second(name('cost'), name('x'))}·${name('v')}`,
  Jacobian: (name) => derivative(name('y'), name('x')),
  Hessian: (name) => second(name('cost'), name('x')),
};

/** The name of a value: that of its node, with the port where the node has several. */
function valueName({ nodes }: Graph, registry: Registry, { node, port }: PortRef): string {
  const drawn = nodes[node];
  const outputs = registry.get(drawn?.op ?? '')?.outputs ?? [];
  const name = drawn?.name ?? node;
  return outputs.length > 1 || outputs[0]?.variadic ? `${name}.${port}` : name;
}

/** Null for outputs that are no gradients, and while an input is not wired. */
export function gradientName(graph: Graph, registry: Registry, { node, port }: PortRef): string | null {
  const name = NAMES[graph.nodes[node]?.op ?? ''];
  if (!name) return null;
  const { incoming } = wiresOf(graph.edges, node);
  let known = true;
  const wired = (input: string): string => {
    const source = incoming.find(({ target }) => target.port === input)?.source;
    if (!source) known = false;
    return source ? valueName(graph, registry, source) : '';
  };
  const text = name(wired, memberIndex(port, 'gradient') ?? 0);
  return known ? text : null;
}

/** What a wire carries and where it leads, in words. */
export function wireTitle(graph: Graph, registry: Registry, edge: { source: PortRef; target: PortRef }): string {
  const target = (node: NodeId) => graph.nodes[node]?.name ?? node;
  const value = gradientName(graph, registry, edge.source) ?? valueName(graph, registry, edge.source);
  return `${value} → ${target(edge.target.node)}.${edge.target.port}`;
}
