import { create, toBinary } from '@bufbuild/protobuf';
import { bindFunction } from '../bind.ts';
import { Builder, CONSTANT, DIM_SIZE } from '../builder.ts';
import { type DimBindings, monomials } from '../dims.ts';
import type { NodeId } from '../document.ts';
import { type Equation, type FunctionIR, isTensorData, type Value } from '../ir.ts';
import { type ModelProto, ModelProtoSchema } from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import type { GraphPlan } from '../plan.ts';
import { verify } from '../verify.ts';
import { nextId, type RewriteOptions, rewrite } from './4-rewrite.ts';
import { type DataMode, signature } from './emit/bindings.ts';
import { GraphWriter } from './emit/graph-writer.ts';
import { loopGraph, stepGraph } from './emit/graphs.ts';

/** Opset 22 re-versioned operators whose kernels ONNX Runtime's WebGPU provider then no longer finds. */
export const OPSET = 21;
const IR_VERSION = 10;

export interface WriteOptions {
  /** How rows of data come in; see `DataMode`. */
  readonly data: DataMode;
  /** Emit a Loop over many training steps instead of one step. */
  readonly loop?: boolean;
  /** Shapes of whole columns, by column id; needed where the data mode is not `batch`. */
  readonly columns?: Readonly<Record<string, readonly number[]>>;
  /** Values of state slots to store in the model instead of taking them as inputs. */
  readonly weights?: Readonly<Record<string, Float32Array>>;
  readonly nameOf?: (node: NodeId) => string;
  readonly doc?: string;
}

export interface EmitOptions extends WriteOptions {
  /** Sizes of named dimensions; `batch` among them for graphs that read data. */
  readonly dims: DimBindings;
  readonly rewrites?: RewriteOptions;
}

/** Replaces operators that have no kernel by ones that have, until none is left. */
export function lower(fn: FunctionIR, registry: Registry): FunctionIR {
  const b = new Builder(registry, nextId(fn));
  const map = new Map<Value, Value>();
  const place = (eq: Equation): void => {
    const inputs = eq.inputs.map((input) => (input ? (map.get(input) ?? input) : null));
    const rule = registry.get(eq.op)?.lower;
    if (eq.op === CONSTANT || eq.op === DIM_SIZE || !rule) {
      b.push({ ...eq, inputs });
      return;
    }
    const start = b.equations.length;
    const results = b.within(eq.origin, eq.role, () =>
      rule({ b, x: inputs, y: eq.outputs, attributes: eq.attributes }),
    );
    // What the rule wrote may need lowering itself; an operator in its own lowering is its kernel form.
    for (const built of b.equations.splice(start)) {
      if (built.op === eq.op)
        b.push({ ...built, inputs: built.inputs.map((input) => (input ? (map.get(input) ?? input) : null)) });
      else place(built);
    }
    eq.outputs.forEach((output, at) => {
      const result = results[at] as Value;
      map.set(output, map.get(result) ?? result);
    });
  };
  for (const eq of fn.equations) place(eq);
  return {
    ...fn,
    equations: b.equations,
    outputs: fn.outputs.map((output) => ({ ...output, value: map.get(output.value) ?? output.value })),
  };
}

const isNotANumber = ({ op, attributes: { value } }: Equation): boolean =>
  op === CONSTANT &&
  isTensorData(value) &&
  value.dtype === 'float32' &&
  (value.data as Float32Array).some(Number.isNaN);

const named = ({ type }: Value): readonly string[] =>
  type.shape.flatMap((dim) => (typeof dim === 'string' ? monomials(dim).flatMap(({ names }) => names) : []));

/** Any size: what a lowering does on purpose, such as powers that are no numbers, it does whatever the sizes are. */
const SOME_SIZE = 7;

/** A lowering that takes a size for a number makes NaN of a name; throws where one did. */
function refuseNames(before: FunctionIR, after: FunctionIR, registry: Registry): void {
  const made = after.equations.filter(isNotANumber);
  const names = [
    ...before.inputs.map(({ value }) => value),
    ...before.equations.flatMap(({ outputs }) => outputs),
  ].flatMap(named);
  if (made.length === 0 || names.length === 0) return;
  const sizes = Object.fromEntries(names.map((name) => [name, SOME_SIZE]));
  const meant = lower(bindFunction(before, sizes, registry), registry).equations.filter(isNotANumber);
  if (made.length <= meant.length) return;
  throw new Error(`The lowering of ${made.at(-1)?.origin ?? 'an operator'} needs the size of a dimension as a number`);
}

/** The function in operators that have kernels on every backend, with its dimensions bound. */
export function toKernels(
  fn: FunctionIR,
  registry: Registry,
  dims: DimBindings,
  rewrites: RewriteOptions = {},
): FunctionIR {
  const bound = verify(bindFunction(fn, dims, registry), registry, 'binding dimensions');
  const lowered = verify(lower(bound, registry), registry, 'lowering');
  refuseNames(bound, lowered, registry);
  const options = { ...rewrites, stage: 'kernels' } as const;
  return verify(rewrite(lowered, registry, options), registry, 'rewriting the lowered function');
}

interface Written extends Omit<GraphPlan, 'onnx'> {
  readonly model: ModelProto;
}

function toModel(kernels: FunctionIR, registry: Registry, batch: number, options: WriteOptions): Written {
  const sign = signature(kernels, options);
  const writer = new GraphWriter(registry, options.nameOf ?? ((node) => node));
  const graph = options.loop ? loopGraph(kernels, writer, sign) : stepGraph(kernels, writer, sign);
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    producerName: 'Wiregrad',
    docString: options.doc ?? '',
    opsetImport: [
      { domain: '', version: BigInt(OPSET) },
      ...[...writer.domains].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    ],
    graph,
  });
  const { inputs, outputs, external } = sign;
  return { model, inputs, outputs, external, batch };
}

/** Writes a function of kernels as an ONNX model in standard operators, and says how its inputs and outputs are bound. */
export function writeModel(kernels: FunctionIR, registry: Registry, batch: number, options: WriteOptions): GraphPlan {
  const { model, ...plan } = toModel(kernels, registry, batch, options);
  return { onnx: toBinary(ModelProtoSchema, model), ...plan };
}

/** Lowers a function and writes it as a model that can still be changed. */
export function emitModel(fn: FunctionIR, registry: Registry, { dims, rewrites, ...options }: EmitOptions): ModelProto {
  return toModel(toKernels(fn, registry, dims, rewrites), registry, dims.batch ?? 0, options).model;
}

/** Lowers and writes a function. */
export function emit(fn: FunctionIR, registry: Registry, { dims, rewrites, ...options }: EmitOptions): GraphPlan {
  return writeModel(toKernels(fn, registry, dims, rewrites), registry, dims.batch ?? 0, options);
}
