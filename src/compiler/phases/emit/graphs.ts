import { create } from '@bufbuild/protobuf';
import { sameShape } from '../../dims.ts';
import type { FunctionIR, Value } from '../../ir.ts';
import { type GraphProto, GraphProtoSchema, type NodeProto } from '../../onnx/onnx_pb.ts';
import { externalTensorProto, valueInfoProto } from '../../onnx/write.ts';
import { type TensorType, tensor, tensorData } from '../../types.ts';
import { INDEX, type Signature, STEPS } from './bindings.ts';
import type { GraphWriter } from './graph-writer.ts';

/** Gives `value` the elements of the tensor `name` in its own shape; a free batch size stays free. */
function reshaped(writer: GraphWriter, value: Value, name: string): NodeProto {
  const shape = value.type.shape.map((dim) => (typeof dim === 'number' ? dim : -1));
  const output = writer.unique(`${name}.shaped`);
  writer.bind(value, output);
  const sizes = writer.constant(`${output}.shape`, tensorData('int64', [shape.length], shape));
  return writer.node({ op: 'Reshape', inputs: [name, sizes], outputs: [output] });
}

/** Declares what the signature feeds: weights and external columns become initializers, gathers become nodes. */
function feedNodes(fn: FunctionIR, writer: GraphWriter, sign: Signature, index: string): NodeProto[] {
  const nodes: NodeProto[] = [];
  for (const name of [...sign.inputs, ...sign.outputs].map((port) => port.name)) writer.reserve(name);
  const declared = new Set<string>();
  fn.inputs.forEach(({ value }, at) => {
    const feed = sign.feeds[at];
    switch (feed?.kind) {
      case 'input':
        writer.bind(value, feed.name);
        break;
      case 'weights':
        writer.bind(
          value,
          writer.constant(feed.name, { dtype: 'float32', shape: value.type.shape as number[], data: feed.data }),
        );
        break;
      case 'gather': {
        if (feed.external && !declared.has(feed.column)) {
          writer.initializers.push(externalTensorProto(feed.column, value.type.dtype, feed.shape, feed.column));
          writer.reserve(feed.column);
          declared.add(feed.column);
        }
        const name = writer.unique(`${feed.column}.rows`);
        nodes.push(writer.node({ op: 'Gather', inputs: [feed.column, index], outputs: [name] }));
        if (sameShape(feed.shape.slice(1), value.type.shape.slice(1))) writer.bind(value, name);
        else nodes.push(reshaped(writer, value, name));
        break;
      }
      case 'reshape':
        nodes.push(reshaped(writer, value, feed.name));
        break;
    }
  });
  return nodes;
}

/** A graph that computes the function once. */
export function stepGraph(fn: FunctionIR, writer: GraphWriter, sign: Signature): GraphProto {
  const feeds = feedNodes(fn, writer, sign, INDEX);
  const nodes = writer.nodes(fn, sign.outputNames);
  const types = new Map<string, TensorType>();
  fn.inputs.forEach(({ value }, at) => {
    const feed = sign.feeds[at];
    if (feed?.kind === 'input') types.set(feed.name, value.type);
  });
  return create(GraphProtoSchema, {
    name: fn.name,
    node: [...feeds, ...nodes],
    initializer: writer.initializers,
    input: sign.inputs.map((input) =>
      valueInfoProto(input.name, types.get(input.name) ?? tensor(input.dtype, input.shape)),
    ),
    output: fn.outputs.map(({ value }, at) => valueInfoProto(sign.outputNames[at] as string, value.type)),
  });
}

/**
 * A graph that computes the function `steps` times, feeding state outputs back to state inputs: an ONNX Loop whose body is
 * the step. Row t of `index` and element t of each hyperparameter belong to iteration t. Outputs: final state, and the other
 * outputs of every iteration stacked. Each iteration sees only old values of the state, so updates are simultaneous.
 */
export function loopGraph(fn: FunctionIR, writer: GraphWriter, sign: Signature): GraphProto {
  const iteration = writer.unique('iteration');
  const going = writer.unique('going');
  const index = writer.unique('index_row');
  const body: NodeProto[] = [];
  if (sign.inputs.some((input) => input.name === INDEX)) {
    body.push(writer.node({ op: 'Gather', inputs: [INDEX, iteration], outputs: [index] }));
  }
  body.push(...feedNodes(fn, writer, sign, index));

  const carried = sign.outputs.flatMap((output, at) => (output.binding.kind === 'state' ? [{ output, at }] : []));
  const scanned = sign.outputs.flatMap((output, at) => (output.binding.kind === 'state' ? [] : [{ output, at }]));
  const stateInputs: { name: string; type: TensorType; slot: string }[] = [];
  fn.inputs.forEach(({ value, source }) => {
    if (source.kind === 'hyperparameter') {
      const now = writer.unique(`${source.name}_now`);
      body.push(writer.node({ op: 'Gather', inputs: [source.name, iteration], outputs: [now] }));
      writer.bind(value, now);
    } else if (source.kind === 'parameter' || source.kind === 'slot') {
      if (!carried.some(({ output }) => output.binding.kind === 'state' && output.binding.slot === source.slot)) return;
      const inner = writer.unique(`${source.slot}_now`);
      writer.bind(value, inner);
      stateInputs.push({ name: inner, type: value.type, slot: source.slot });
    }
  });
  // Loop-carried values are matched by position: inputs of the body follow the order of its state outputs.
  const ordered = carried.map(({ output }) => {
    const slot = output.binding.kind === 'state' ? output.binding.slot : '';
    return (
      stateInputs.find((input) => input.slot === slot) ?? {
        name: writer.unique(`${slot}_now`),
        type: tensor(output.dtype, output.shape),
        slot,
      }
    );
  });
  const bodyNames = sign.outputNames.map((name) => writer.unique(`${name}_step`));
  const still = writer.unique('still_going');
  body.push(...writer.nodes(fn, bodyNames));
  body.push(writer.node({ op: 'Identity', inputs: [going], outputs: [still] }));

  const info = (at: number) =>
    valueInfoProto(bodyNames[at] as string, fn.outputs[at]?.value.type ?? tensor('float32', []));
  const bodyGraph = create(GraphProtoSchema, {
    name: `${fn.name} step`,
    node: body,
    input: [
      valueInfoProto(iteration, tensor('int64', [])),
      valueInfoProto(going, tensor('bool', [])),
      ...ordered.map((input) => valueInfoProto(input.name, input.type)),
    ],
    output: [
      valueInfoProto(still, tensor('bool', [])),
      ...carried.map(({ at }) => info(at)),
      ...scanned.map(({ at }) => info(at)),
    ],
  });
  const forever = writer.constant('always', tensorData('bool', [], 1));
  const loop = writer.node({
    op: 'Loop',
    name: fn.name,
    inputs: [STEPS, forever, ...ordered.map((input) => input.slot)],
    outputs: [...carried, ...scanned].map(({ output }) => output.name),
    attributes: { body: { kind: 'graph', value: bodyGraph } },
  });
  const free = (shape: readonly number[]) => shape.map((dim) => (dim < 0 ? 'steps' : dim));
  return create(GraphProtoSchema, {
    name: fn.name,
    node: [loop],
    initializer: writer.initializers,
    input: sign.inputs.map((input) => valueInfoProto(input.name, tensor(input.dtype, free(input.shape)))),
    output: sign.outputs.map((output) => valueInfoProto(output.name, tensor(output.dtype, free(output.shape)))),
  });
}
