/** Checks the training information of a model by the rules of the ONNX IR, and merges it into the step it describes. */
import { create, toBinary } from '@bufbuild/protobuf';
import { importModel } from '../import/import.ts';
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type StringStringEntryProto,
  type TrainingInfoProto,
  type ValueInfoProto,
} from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import { tensorTypeOf } from './value-info.ts';

/** The graph of a step: the lists of the model's graph and of the algorithm, one after the other. */
export function mergeStep(model: ModelProto, { algorithm }: TrainingInfoProto): GraphProto {
  const { graph } = model;
  if (!graph) throw new Error('A model without a graph');
  return create(GraphProtoSchema, {
    name: `${graph.name} step`,
    node: [...graph.node, ...(algorithm?.node ?? [])],
    input: [...graph.input, ...(algorithm?.input ?? [])],
    output: [...graph.output, ...(algorithm?.output ?? [])],
    initializer: [...graph.initializer, ...(algorithm?.initializer ?? [])],
    sparseInitializer: [...graph.sparseInitializer, ...(algorithm?.sparseInitializer ?? [])],
    valueInfo: [...graph.valueInfo, ...(algorithm?.valueInfo ?? [])],
  });
}

/** The merged step as a model of its own. */
export function stepModel(model: ModelProto, info: TrainingInfoProto): ModelProto {
  const { irVersion, opsetImport, producerName, functions } = model;
  return create(ModelProtoSchema, { irVersion, opsetImport, producerName, functions, graph: mergeStep(model, info) });
}

function duplicates(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => {
    if (seen.has(name)) return true;
    seen.add(name);
    return false;
  });
}

const definedIn = ({ node, input, initializer }: GraphProto): Set<string> =>
  new Set([
    ...input.map(({ name }) => name),
    ...initializer.map(({ name }) => name),
    ...node.flatMap(({ output }) => output),
  ]);

/** What is wrong with the names and types of bindings. */
function checkBindings(
  what: string,
  bindings: readonly StringStringEntryProto[],
  state: GraphProto,
  outputs: readonly ValueInfoProto[],
): string[] {
  const problems: string[] = [];
  for (const { key, value } of bindings) {
    const slot = state.initializer.find(({ name }) => name === key);
    const output = outputs.find(({ name }) => name === value);
    if (!slot) problems.push(`The ${what} of ${key}: there is no initializer of this name.`);
    if (!output) problems.push(`The ${what} of ${key}: there is no output ${value}.`);
    const type = output && tensorTypeOf(output);
    if (!slot || !type) continue;
    if (type.elem !== slot.dataType) problems.push(`The ${what} of ${key}: ${value} has other elements.`);
    const same = type.dims.length === slot.dims.length && type.dims.every((dim, at) => dim === Number(slot.dims[at]));
    if (!same) problems.push(`The ${what} of ${key}: it is [${slot.dims}], but ${value} is [${type.dims}].`);
  }
  return problems;
}

function checkMerged(model: ModelProto, info: TrainingInfoProto, registry: Registry): string[] {
  const merged = mergeStep(model, info);
  const problems: string[] = [];
  const inputs = merged.input.map(({ name }) => name);
  for (const name of duplicates(inputs)) problems.push(`Two inputs of the step are called ${name}.`);
  for (const name of duplicates(merged.initializer.map((each) => each.name))) {
    problems.push(`Two initializers of the step are called ${name}.`);
  }
  const results = merged.node.flatMap(({ output }) => output.filter((name) => name !== ''));
  for (const name of duplicates([
    ...results,
    ...new Set([...inputs, ...merged.initializer.map((each) => each.name)]),
  ])) {
    problems.push(`${name} is defined twice in the step.`);
  }
  for (const name of duplicates(merged.node.flatMap((node) => (node.name === '' ? [] : [node.name])))) {
    problems.push(`Two nodes of the step are called ${name}.`);
  }
  if (problems.length > 0) return problems;
  const { diagnostics } = importModel(toBinary(ModelProtoSchema, stepModel(model, info)), registry);
  return diagnostics.flatMap(({ severity, title }) => (severity === 'error' ? [`In the step: ${title}.`] : []));
}

function checkInitialization(
  { initialization, initializationBinding }: TrainingInfoProto,
  model: ModelProto,
  registry: Registry,
): string[] {
  if (!initialization) {
    return initializationBinding.length > 0 ? ['There are first values, but no graph that makes them.'] : [];
  }
  const problems = initialization.input.length > 0 ? ['The graph of first values has inputs; it must have none.'] : [];
  const alone = create(ModelProtoSchema, {
    irVersion: model.irVersion,
    opsetImport: model.opsetImport,
    graph: initialization,
  });
  const { diagnostics } = importModel(toBinary(ModelProtoSchema, alone), registry);
  return [
    ...problems,
    ...diagnostics.flatMap(({ severity, title }) => (severity === 'error' ? [`In the first values: ${title}.`] : [])),
  ];
}

/** What is wrong with the training information of a model, as sentences. */
export function checkTraining(model: ModelProto, registry: Registry): string[] {
  const { graph, trainingInfo } = model;
  if (!graph) return ['The model has no graph.'];
  const problems: string[] = [];
  const own = definedIn(graph);
  for (const info of trainingInfo) {
    const { algorithm } = info;
    const merged = mergeStep(model, info);
    if (algorithm) {
      const inner = definedIn(algorithm);
      const wrong = graph.node.flatMap(({ input }) =>
        input.filter((name) => name !== '' && !own.has(name) && inner.has(name)),
      );
      for (const name of wrong) problems.push(`The inference graph reads ${name} of the algorithm.`);
    }
    problems.push(...checkInitialization(info, model, registry));
    problems.push(
      ...checkBindings('first value', info.initializationBinding, merged, info.initialization?.output ?? []),
    );
    problems.push(
      ...checkBindings('update', info.updateBinding, merged, [...(algorithm?.output ?? []), ...graph.output]),
    );
    problems.push(...checkMerged(model, info, registry));
  }
  const keys = trainingInfo.flatMap(({ updateBinding }) => updateBinding.map(({ key }) => key));
  for (const key of duplicates(keys)) problems.push(`${key} is updated twice.`);
  return problems;
}
