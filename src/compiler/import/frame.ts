import type { GraphProto, NodeProto, ValueInfoProto } from '../onnx/onnx_pb.ts';
import type { OnnxAttributes } from './attributes.ts';
import type { Entry } from './entry.ts';
import type { OnnxModel } from './model.ts';

/** Where nodes lie: the graph, a function that was called, or a branch. */
export interface Frame {
  readonly tensors: Map<string, Entry | null>;
  readonly outer: Frame | null;
  /** Before the names of nodes. */
  readonly prefix: string;
  readonly opset: number;
  /** Of the call of the function. */
  readonly call?: OnnxAttributes;
  /** Functions under way. */
  readonly calls: readonly string[];
  /** Declared types of tensors. */
  readonly declared: ReadonlyMap<string, ValueInfoProto>;
}

/** Names that some node reads, or that are results. */
export function namesRead({ graph, functions }: OnnxModel): ReadonlySet<string> {
  const names = new Set<string>();
  const read = (nodes: readonly NodeProto[]): void => {
    for (const { input, attribute } of nodes) {
      for (const name of input) names.add(name);
      for (const { g, graphs } of attribute) for (const inner of g ? [g, ...graphs] : graphs) readGraph(inner);
    }
  };
  const readGraph = ({ node, output }: GraphProto): void => {
    read(node);
    for (const { name } of output) names.add(name);
  };
  readGraph(graph);
  for (const { node, output } of functions.values()) {
    read(node);
    for (const name of output) names.add(name);
  }
  names.delete('');
  return names;
}
