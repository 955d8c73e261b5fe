/** An ONNX model as a drawing, with its weights beside it. */
import type { Diagnostic } from '../diagnostics.ts';
import { DEFAULT_TRAINING, DOCUMENT_VERSION, type DocumentNode, type GraphDocument } from '../document.ts';
import type { Registry } from '../op.ts';
import { arrange } from './arrange.ts';
import { Importer } from './importer.ts';
import { type OnnxModel, readModel } from './model.ts';
import { notesOf } from './notes.ts';
import { OnnxProblem, quoted, reported } from './problem.ts';
import type { ReadExternal } from './tensors.ts';

/** A tensor of the model's interface as the model declares it. */
export interface ModelPort {
  readonly name: string;
  /** TensorProto.DataType */
  readonly elem: number;
}

export interface ImportResult {
  /** Null where an error stands in the way. */
  readonly document: GraphDocument | null;
  /** Values of the parameters by name. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** Names of sizes as the model has them, by their names in the drawing. */
  readonly dims: ReadonlyMap<string, string>;
  /** Whether the model normalizes by batches or drops values, as while it is trained. */
  readonly training: boolean;
}

export interface ImportOptions {
  /** Reads files beside the model. */
  readonly external?: ReadExternal;
  /** What the drawing is called where the model's graph has no name. */
  readonly name?: string;
}

const NOTHING = {
  document: null,
  weights: {},
  inputs: [],
  outputs: [],
  dims: new Map<string, string>(),
  training: false,
};

/** Reads a model. What is wrong with it comes back as diagnostics that name the place. */
export function importModel(bytes: Uint8Array, registry: Registry, options: ImportOptions = {}): ImportResult {
  try {
    const model = readModel(bytes);
    return draw(model, registry, options);
  } catch (error) {
    if (error instanceof OnnxProblem) return { ...NOTHING, diagnostics: [reported(error, 'The model')] };
    if (error instanceof RangeError) {
      const problem = new OnnxProblem('onnx/malformed', 'its parts are nested too deep, or too large');
      return { ...NOTHING, diagnostics: [reported(problem, 'The model')] };
    }
    throw error;
  }
}

function draw(model: OnnxModel, registry: Registry, options: ImportOptions): ImportResult {
  const { graph, proto, opset } = model;
  const importer = new Importer(model, registry, options.external ?? (() => null));
  const { draft, diagnostics } = importer;
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !weights.has(name));
  for (const { name } of [...inputs, ...graph.initializer]) draft.reserve(name);
  // What is handed on unchanged cannot bear two names.
  const taken = new Set([...inputs, ...graph.initializer].map(({ name }) => name));
  for (const { name } of graph.output) if (!taken.has(name)) draft.reserve(name);

  const frame = {
    tensors: new Map(),
    outer: null,
    prefix: '',
    opset,
    calls: [],
    declared: new Map([...graph.valueInfo, ...graph.output].map((info) => [info.name, info])),
  };
  for (const info of inputs) {
    if (!importer.guard(`Input ${quoted(info.name)}`, () => importer.input(info, frame)))
      frame.tensors.set(info.name, null);
  }
  for (const tensor of graph.initializer) {
    const where = `Initializer ${quoted(tensor.name)}`;
    if (!importer.guard(where, () => importer.initializer(tensor, frame))) frame.tensors.set(tensor.name, null);
  }
  if (graph.sparseInitializer.length > 0) {
    const problem = new OnnxProblem('onnx/dtype', 'the model has sparse initializers, which cannot be read');
    diagnostics.push(reported(problem, 'The model'));
  }
  importer.nodes(graph.node, frame);
  const outputs = graph.output.map((info) => {
    importer.guard(`Output ${quoted(info.name)}`, () => {
      const entry = importer.lookup(info.name, frame);
      if (!entry) return;
      const wire = importer.wire(entry);
      if (taken.has(info.name)) draft.add('Output', `${info.name}_output`, {}, [wire]);
      else draft.addReserved('Output', info.name, {}, [wire]);
    });
    return portOf(info.name, importer.declaredElem(info.name, frame));
  });
  diagnostics.push(...notesOf(importer.notes));
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  const nodes = trained(draft.nodes, importer.fixed);
  const document: GraphDocument = {
    format: 'wiregrad',
    version: DOCUMENT_VERSION,
    name: options.name ?? (graph.name || 'model'),
    description: (proto.docString || graph.docString).trim(),
    graph: { nodes, edges: draft.edges, training: DEFAULT_TRAINING },
    layout: { nodes: arrange(nodes, draft.edges) },
  };
  return {
    document: failed ? null : document,
    weights: Object.fromEntries(importer.weights),
    diagnostics,
    inputs: inputs.map((info) =>
      portOf(info.name, importer.declaredElem(info.name, { ...frame, declared: new Map([[info.name, info]]) })),
    ),
    outputs,
    dims: importer.dims,
    training: importer.notes.has('training'),
  };
}

const portOf = (name: string, elem: number | null): ModelPort => ({ name, elem: elem ?? 1 });

/** Parameters that were found not to be learned, marked so. */
function trained(
  nodes: Readonly<Record<string, DocumentNode>>,
  fixed: ReadonlySet<string>,
): Readonly<Record<string, DocumentNode>> {
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [
      id,
      node.op === 'Parameter' && fixed.has(node.name)
        ? { ...node, attributes: { ...node.attributes, trainable: false } }
        : node,
    ]),
  );
}
