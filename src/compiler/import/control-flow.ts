/** Functions, branches and loops of a model, written out. */
import type { FunctionProto, GraphProto, NodeProto } from '../onnx/onnx_pb.ts';
import type { OnnxAttributes } from './attributes.ts';
import type { Entry } from './entry.ts';
import type { Frame } from './frame.ts';
import { functionKey } from './model.ts';
import { OnnxProblem, quoted } from './problem.ts';
import { Sources } from './sources.ts';
import { ELEM, readTensor } from './tensors.ts';

const MOST_ITERATIONS = 1000;

export abstract class ControlFlow extends Sources {
  abstract lookup(name: string, frame: Frame): Entry | null;
  abstract nodes(list: readonly NodeProto[], frame: Frame): void;

  protected call(
    fn: FunctionProto,
    inputs: readonly (Entry | null)[],
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    frame: Frame,
  ): void {
    const key = functionKey(fn.domain, fn.name);
    if (frame.calls.includes(key)) {
      throw new OnnxProblem(
        'onnx/malformed',
        `the function calls itself: ${[...frame.calls, key].map(quoted).join(' → ')}`,
      );
    }
    const version = fn.opsetImport.find(({ domain }) => domain === '')?.version;
    const inner: Frame = {
      tensors: new Map(fn.input.map((formal, at) => [formal, inputs[at] ?? null])),
      outer: null,
      prefix: `${name}/`,
      opset: Number(version ?? frame.opset),
      call: attributes,
      calls: [...frame.calls, key],
      declared: new Map(),
    };
    this.nodes(fn.node, inner);
    this.#results(fn.output, node, inner, frame);
  }

  /** Hands the results of a graph on to the outputs of the node it stands for. */
  #results(names: readonly string[], node: NodeProto, inner: Frame, frame: Frame): void {
    node.output.forEach((output, at) => {
      const name = names[at];
      if (output !== '' && name !== undefined) frame.tensors.set(output, this.lookup(name, inner));
    });
  }

  #inside(graph: GraphProto, prefix: string, frame: Frame): Frame {
    const declared = new Map(graph.valueInfo.map((info) => [info.name, info]));
    const inner: Frame = { ...frame, tensors: new Map(), outer: frame, prefix, declared };
    for (const proto of graph.initializer) {
      inner.tensors.set(proto.name, this.literal(prefix + proto.name, readTensor(proto, this.external)));
    }
    return inner;
  }

  protected branch(
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    inputs: readonly (Entry | null)[],
    frame: Frame,
  ): void {
    const condition = inputs[0]?.known?.values[0];
    if (typeof condition !== 'number') {
      throw new OnnxProblem(
        'onnx/control-flow',
        'which branch is taken depends on values',
        'Conditions have to follow from shapes and constants. Export the model with fixed sizes, or without the branch.',
      );
    }
    const graph = attributes.graph(condition !== 0 ? 'then_branch' : 'else_branch');
    if (!graph) throw new OnnxProblem('onnx/malformed', 'it has no branch for its condition');
    const inner = this.#inside(graph, `${name}/`, frame);
    this.nodes(graph.node, inner);
    this.#results(
      graph.output.map((info) => info.name),
      node,
      inner,
      frame,
    );
  }

  protected loop(
    node: NodeProto,
    name: string,
    attributes: OnnxAttributes,
    inputs: readonly (Entry | null)[],
    frame: Frame,
  ): void {
    const graph = attributes.graph('body');
    const [count, condition] = [inputs[0]?.known?.values[0], inputs[1]];
    const isForever = !condition || condition.known?.values[0] === 1;
    if (!graph || typeof count !== 'number' || !isForever || count > MOST_ITERATIONS) {
      throw new OnnxProblem(
        'onnx/control-flow',
        'how often it runs is not known, or too often to be written out',
        `Loops of a fixed number of iterations, at most ${MOST_ITERATIONS}, are written out.`,
      );
    }
    const carried = graph.input.slice(2).map((info) => info.name);
    const scanned = graph.output.length - 1 - carried.length;
    if (scanned > 0) throw new OnnxProblem('onnx/control-flow', 'it collects a value of every iteration');
    let state: (Entry | null)[] = carried.map((_, at) => inputs[2 + at] ?? null);
    for (let step = 0; step < count; step++) {
      const inner = this.#inside(graph, `${name}/${step}/`, frame);
      const [counter, going] = graph.input.map((info) => info.name);
      const single = (elem: number, value: number) => ({ elem, shape: [], values: Float64Array.of(value) });
      if (counter) inner.tensors.set(counter, this.literal(`${name}/${step}/iteration`, single(ELEM.int64, step)));
      if (going) inner.tensors.set(going, this.literal(`${name}/${step}/going`, single(ELEM.bool, 1)));
      carried.forEach((formal, at) => void inner.tensors.set(formal, state[at] ?? null));
      this.nodes(graph.node, inner);
      const [goesOn, ...next] = graph.output.map((info) => this.lookup(info.name, inner));
      if (goesOn && goesOn.known?.values[0] !== 1) {
        throw new OnnxProblem('onnx/control-flow', 'whether it goes on depends on values');
      }
      state = next;
    }
    node.output.forEach((output, at) => {
      if (output !== '') frame.tensors.set(output, state[at] ?? null);
    });
  }
}
