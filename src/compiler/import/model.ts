/** ONNX bytes as a model whose names and structure can be relied on. */
import { fromBinary } from '@bufbuild/protobuf';
import {
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
} from '../onnx/onnx_pb.ts';
import { hasControl, OnnxProblem, quoted } from './problem.ts';

const OLDEST = 7;
const NEWEST = 24;
/** Graphs in graphs. */
const DEEPEST = 64;

export function functionKey(domain: string, name: string): string {
  return `${domain === 'ai.onnx' ? '' : domain}::${name}`;
}

export interface OnnxModel {
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Of the standard operators. */
  readonly opset: number;
  readonly functions: ReadonlyMap<string, FunctionProto>;
}

function checkName(name: string, what: string): void {
  if (hasControl(name)) {
    throw new OnnxProblem('onnx/malformed', `the name ${quoted(name)} of ${what} has control characters`);
  }
}

function checkNodes(nodes: readonly NodeProto[], depth: number): void {
  if (depth > DEEPEST) throw new OnnxProblem('onnx/malformed', `graphs lie more than ${DEEPEST} deep in each other`);
  for (const node of nodes) {
    checkName(node.name, 'a node');
    checkName(node.opType, 'an operator');
    checkName(node.domain, 'a domain');
    for (const name of [...node.input, ...node.output]) checkName(name, 'a tensor');
    for (const { name, g, graphs } of node.attribute) {
      checkName(name, 'an attribute');
      for (const graph of g ? [g, ...graphs] : graphs) checkGraph(graph, depth + 1);
    }
  }
}

function checkGraph(graph: GraphProto, depth: number): void {
  checkName(graph.name, 'the graph');
  for (const { name } of [...graph.input, ...graph.output, ...graph.initializer]) checkName(name, 'a tensor');
  checkNodes(graph.node, depth);
}

/** Reads a model. Throws an OnnxProblem where it is none. */
export function readModel(bytes: Uint8Array): OnnxModel {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OnnxProblem(
      'onnx/malformed',
      'the file is no ONNX model, or is damaged',
      `Reading it ended with: ${reason}.`,
    );
  }
  const { graph } = proto;
  if (!graph || (graph.node.length === 0 && graph.output.length === 0)) {
    throw new OnnxProblem('onnx/malformed', 'the file is no ONNX model, or is cut off: it has no graph');
  }
  const standard = proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  // Models of the first version do not tell it.
  const opset = Number(standard?.version ?? (proto.opsetImport.length === 0 ? 1n : BigInt(NEWEST)));
  if (opset < OLDEST || opset > NEWEST) {
    throw new OnnxProblem(
      'onnx/version',
      `the model is of opset ${opset}`,
      `Opsets ${OLDEST} to ${NEWEST} can be read. Export it anew, or convert it with onnx.version_converter.`,
    );
  }
  checkGraph(graph, 0);
  const functions = new Map<string, FunctionProto>();
  for (const fn of proto.functions) {
    checkName(fn.name, 'a function');
    for (const name of [...fn.input, ...fn.output]) checkName(name, 'a tensor');
    checkNodes(fn.node, 0);
    functions.set(functionKey(fn.domain, fn.name), fn);
  }
  return { proto, graph, opset, functions };
}
