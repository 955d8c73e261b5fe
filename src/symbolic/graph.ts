/** Documents from expressions. */
import type {
  ExposedAttribute,
  GraphDocument,
  LanguageOptions,
  ModuleDefinition,
  TrainingOptions,
} from '../compiler/document.ts';
import { DEFAULT_TRAINING, emptyDocument } from '../compiler/document.ts';
import { moduleOp } from '../compiler/modules.ts';
import { Drawing } from './drawing.ts';
import { Node, node, type Results } from './operators.ts';
import { type Apply, type Attributes, type Operand, toVariable, type Variable } from './variable.ts';

type Graph = GraphDocument['graph'];

/** Nodes by their names; what they depend on need not be listed. */
export type Nodes = Readonly<Record<string, Variable | Node>>;

interface Content {
  readonly nodes: Nodes;
  /** Parameters and what becomes of them after a step. */
  readonly updates?: readonly (readonly [Variable, Operand])[];
  /** Names of nodes that are left out, and of nodes that pass a value on. */
  readonly muted?: readonly string[];
  readonly bypassed?: readonly string[];
}

export interface GraphSpec extends Content {
  readonly name?: string;
  readonly description?: string;
  readonly training?: Partial<TrainingOptions>;
  readonly options?: Partial<LanguageOptions>;
  readonly datasets?: Graph['datasets'];
  readonly modules?: readonly Module[];
}

export interface ModuleSpec extends Content {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly exposed?: readonly ExposedAttribute[];
}

/** Calls make instances: inputs by the names of ports, and attributes. */
export type Module = ((inputs?: Readonly<Record<string, Operand>>, attributes?: Attributes) => Results) & {
  readonly definition: ModuleDefinition;
};

function draw({ nodes, updates = [], muted = [], bypassed = [] }: Content): Pick<Graph, 'nodes' | 'edges'> {
  const names = new Map<Variable | Apply, string>();
  for (const [name, made] of Object.entries(nodes)) {
    if (made instanceof Node) names.set(made.apply, name);
    else if (made.origin.kind === 'apply') names.set(made.origin.apply, name);
    else names.set(made, name);
  }
  const drawing = new Drawing({ shared: 'parameters', names });
  for (const made of Object.values(nodes)) {
    if (made instanceof Node) drawing.apply(made.apply);
    else drawing.place(made);
  }
  for (const [parameter, value] of updates) {
    const target = drawing.place(parameter).ref.node;
    drawing.wire(drawing.place(toVariable(value)).ref, { node: target, port: 'update' });
  }
  const flag = (id: string) => ({
    ...(muted.includes(id) && { muted: true }),
    ...(bypassed.includes(id) && { bypassed: true }),
  });
  const flagged = Object.values(drawing.nodes).map((each) => [each.id, { ...each, ...flag(each.id) }]);
  return { nodes: Object.fromEntries(flagged), edges: drawing.edges };
}

/** A part that is drawn once and used many times. Its ports are the ModuleInput and ModuleOutput nodes among `nodes`. */
export function module(define: () => ModuleSpec): Module {
  const spec = define();
  const { id, name, description = '', exposed } = spec;
  const definition = { id, name, description, ...draw(spec), ...(exposed && { exposed }) };
  const instance = (inputs: Readonly<Record<string, Operand>> = {}, attributes: Attributes = {}) =>
    node(moduleOp(id), inputs, attributes);
  return Object.assign(instance, { definition });
}

/** A document, with no places for its nodes. */
export function graph(spec: GraphSpec): GraphDocument {
  const { name = 'untitled', description = '', training, options, datasets, modules = [] } = spec;
  const definitions = modules.map(({ definition }) => [definition.id, definition] as const);
  return {
    ...emptyDocument(name),
    description,
    graph: {
      ...draw(spec),
      ...(definitions.length > 0 && { modules: Object.fromEntries(definitions) }),
      ...(datasets && { datasets }),
      training: { ...DEFAULT_TRAINING, ...training },
      ...(options && { options }),
    },
  };
}
