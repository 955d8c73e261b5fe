/** Where in a drawing things are that lessons ask for. */
import type { DocumentNode, NodeId } from '../../../compiler/document.ts';
import type { Facts } from '../facts.ts';

export interface Derivative {
  readonly node: DocumentNode;
  readonly port: string;
}

/** The output of a `Grad` that is the derivative of `cost` by `variable`. */
export function derivative(facts: Facts, cost: NodeId, variable: NodeId): Derivative | undefined {
  for (const node of facts.nodes('Grad')) {
    if (facts.source(node.id, 'cost')?.id !== cost) continue;
    const ports = Object.values(facts.document.graph.edges).filter(
      ({ source, target }) => target.node === node.id && source.node === variable && target.port.startsWith('wrt.'),
    );
    const [first] = ports;
    if (first) return { node, port: first.target.port.replace('wrt', 'gradient') };
  }
  return undefined;
}

/** Why there is no such derivative yet. */
export function missingDerivative(facts: Facts, cost: NodeId, variable: NodeId): string {
  const name = (id: NodeId) => facts.node(id)?.name ?? id;
  const nodes = facts.nodes('Grad');
  if (nodes.length === 0) return `Add a “Grad”: double-click the canvas and type its name.`;
  const wired = nodes.find(({ id }) => facts.source(id, 'cost')?.id === cost);
  return wired
    ? `${wired.name} has ${name(cost)} as its cost. Wire ${name(variable)} to its input “wrt”.`
    : `Wire ${name(cost)} to the input “cost” of a Grad: that is what is differentiated.`;
}

/** The first node of an operator that gets the value of all these, by way of any number of nodes. */
export function using(facts: Facts, op: string, ...sources: readonly NodeId[]): DocumentNode | undefined {
  return facts.nodes(op).find(({ id }) => sources.every((source) => facts.dependsOn(id, source)));
}

/** The first node of an operator with one of these wired to it. */
export function after(facts: Facts, op: string, source: NodeId): DocumentNode | undefined {
  return facts.nodes(op).find(({ id }) => facts.sources(id).some((each) => each.id === source));
}

/** Of the optimizers, the one that minimizes this. */
export function minimizer(facts: Facts, cost: NodeId): DocumentNode | undefined {
  const names = ['SGD', 'Adagrad', 'RMSprop', 'Adam', 'AdamW'];
  return names.flatMap((op) => facts.nodes(op)).find(({ id }) => facts.source(id, 'cost')?.id === cost);
}
