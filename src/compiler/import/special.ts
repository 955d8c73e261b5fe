/** Operators whose meaning changed between opsets, or that the language says otherwise. */
import type { Dim } from '../dims.ts';
import { sizeOf, subtractDims } from '../dims.ts';
import type { AttributeSpec, OpRecord } from '../op.ts';
import { attributeProblem } from '../phases/resolve/attributes.ts';
import { type DType, normalizeAxis } from '../types.ts';
import type { Wire } from './draft.ts';
import { type Call, type Entry, valuesOf } from './entry.ts';
import { isNumbers } from './known.ts';
import { cast, type Given, givenAttributes, translate, unsupported, valueInputs } from './operators.ts';
import { OnnxProblem } from './problem.ts';
import { dtypeOf, ELEM, elemName } from './tensors.ts';

export type Translation = (call: Call) => readonly (Wire | Entry | null)[];

function recordOf({ draft }: Call, op: string): OpRecord {
  const record = draft.registry.get(op);
  return record ?? unsupported(`there is no operator ${op}`);
}

function input({ inputs }: Call, at: number): Entry {
  const entry = inputs[at];
  if (!entry) throw new OnnxProblem('onnx/malformed', `its input ${at + 1} is missing`);
  return entry;
}

const one = (call: Call, op: string, attributes: Given, ...inputs: readonly (Wire | null)[]): Wire =>
  call.draft.add(op, call.name, attributes, inputs)[0] as Wire;

function numbersOf(call: Call, at: number, what: string): readonly number[] | null {
  const entry = call.inputs[at];
  if (!entry) return null;
  const values = valuesOf(entry)?.values;
  return values && isNumbers(values) ? values : unsupported(`${what} is computed from values`);
}

/** Until opset 12 the axes from `axis` on were taken together. */
function softmax(call: Call): readonly Wire[] {
  const record = recordOf(call, call.op);
  if (call.opset >= 13) return translate(call, record);
  const x = call.wire(input(call, 0));
  const rank = x.type.shape.length;
  const axis = normalizeAxis(call.attributes.int('axis') ?? 1, rank);
  if (axis === rank - 1) return translate(call, record, { axis: -1 }, [x]);
  const [flat] = call.draft.add('Flatten', `${call.name}/flat`, { axis }, [x]);
  const [y] = translate(call, record, { axis: -1 }, [flat as Wire]);
  return call.draft.add('Reshape', `${call.name}/shaped`, { shape: x.type.shape }, [y as Wire]);
}

function castTo(call: Call): readonly (Wire | Entry)[] {
  const x = input(call, 0);
  const elem = call.op === 'CastLike' ? input(call, 1).elem : (call.attributes.int('to') ?? ELEM.float);
  const dtype = dtypeOf(elem);
  if (elem !== ELEM.float && elem !== ELEM.int64 && elem !== ELEM.int32 && elem !== ELEM.bool) {
    call.note('cast', `${call.name} (${elemName(elem)} becomes ${dtype})`);
  }
  // The tensor itself, known as what it is cast to.
  if (x.type.dtype === dtype) return [{ ...x, elem }];
  return [cast({ ...call, name: call.name.replace(/\/cast$/, '') }, call.wire(x), dtype)];
}

/** Outside of training nothing is dropped; a model that drops says so. */
function dropout(call: Call): readonly (Wire | Entry | null)[] {
  const x = input(call, 0);
  const ratio = call.attributes.float('ratio') ?? numbersOf(call, 1, 'its ratio')?.[0] ?? 0.5;
  const seed = call.attributes.int('seed') ?? 0;
  const mode = call.inputs[2];
  if (mode && mode.known?.values[0] !== 0) {
    if (!mode.known) unsupported('whether it drops values depends on values');
    call.note('training', call.name);
  }
  return call.draft.add('Dropout', call.name, { ratio, seed: Math.abs(seed) % 2 ** 31 }, [call.wire(x)]);
}

function batchNormalization(call: Call): readonly (Wire | null)[] {
  const { opset, outputs, attributes } = call;
  for (const at of [3, 4]) call.fix(input(call, at));
  const training = opset >= 14 ? attributes.int('training_mode') === 1 : outputs.slice(1).some((name) => name !== '');
  if (training) call.note('training', call.name);
  const record = recordOf(call, 'BatchNormalization');
  const given = { ...givenAttributes(call, record), training_mode: training };
  return translate(call, record, given);
}

function reshape(call: Call): readonly Wire[] {
  const record = recordOf(call, 'Reshape');
  const copies = call.attributes.int('allowzero') !== 1;
  const { shape } = givenAttributes({ ...call, attributes: call.attributes.without('allowzero') }, record);
  const x = call.wire(input(call, 0));
  const sizes = (shape as readonly Dim[]).map((dim, axis) => (dim === 0 && copies ? (x.type.shape[axis] ?? 0) : dim));
  return translate(call, record, { shape: sizes }, [x]);
}

function squeeze(call: Call): readonly Wire[] {
  const record = recordOf(call, call.op);
  const given = givenAttributes(call, record);
  const x = call.wire(input(call, 0));
  if (call.op === 'Unsqueeze' || 'axes' in given) return translate(call, record, given, [x]);
  const axes = x.type.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return translate(call, record, { axes }, [x]);
}

/** `axes` that are empty mean all axes, or none. */
function reduce(call: Call): readonly (Wire | Entry)[] {
  const record = recordOf(call, call.op);
  const noop = call.attributes.int('noop_with_empty_axes') === 1;
  const given = givenAttributes({ ...call, attributes: call.attributes.without('noop_with_empty_axes') }, record);
  const axes = (given.axes ?? []) as readonly number[];
  if (noop && axes.length === 0) {
    // Sums of one element: what is left is the function of the elements.
    const x = call.wire(input(call, 0));
    const unary = { ReduceL1: 'Abs', ReduceL2: 'Abs', ReduceLogSum: 'Log' }[call.op];
    if (unary) return [one(call, unary, {}, x)];
    if (call.op === 'ReduceSumSquare') return [one(call, 'Mul', {}, x, x)];
    return [input(call, 0)];
  }
  const x = input(call, 0);
  if (
    x.type.shape.length === 0 &&
    ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd'].includes(call.op)
  ) {
    return [x];
  }
  return translate(call, record, given);
}

function filled(call: Call): readonly Wire[] {
  const tensor = call.attributes.tensor('value');
  const entry = tensor && call.read(tensor);
  const [value = 0] = entry?.values ?? [];
  const dtype = entry ? dtypeOf(entry.elem) : 'float32';
  const { shape } = givenAttributes(
    { ...call, attributes: call.attributes.without('value') },
    recordOf(call, 'ConstantOfShape'),
  );
  return call.draft.add('ConstantOfShape', call.name, { shape: shape ?? [], value, dtype });
}

/** Bounds that are computed, or that are no finite numbers, are written as Max and Min. */
function clip(call: Call): readonly Wire[] {
  const record = recordOf(call, 'Clip');
  const bounds = [call.inputs[1], call.inputs[2]];
  if (bounds.every((bound) => !bound || (valuesOf(bound)?.values ?? []).length === 1)) return translate(call, record);
  let wire = call.wire(input(call, 0));
  for (const [at, op] of (['Max', 'Min'] as const).entries()) {
    const bound = bounds[at];
    if (bound) wire = one(call, op, {}, wire, call.wire(bound));
  }
  return [wire];
}

function split(call: Call): readonly Wire[] {
  const record = recordOf(call, 'Split');
  const given = givenAttributes(call, record);
  const count = call.outputs.length;
  const x = call.wire(input(call, 0));
  if (!('split' in given)) return translate(call, record, { ...given, num_outputs: count }, [x]);
  const { num_outputs: _, ...rest } = given;
  return translate(call, record, rest, [x]);
}

function oneHot(call: Call): readonly Wire[] {
  const depth = numbersOf(call, 1, 'its depth')?.[0] ?? 0;
  const [off = 0, on = 1] = numbersOf(call, 2, 'its pair of values') ?? [];
  const axis = call.attributes.int('axis') ?? -1;
  const indices = cast(call, call.wire(input(call, 0)), 'int32');
  const hot = one(call, 'OneHot', { depth, axis, on, off }, indices);
  return [cast(call, hot, call.inputs[2]?.type.dtype ?? 'float32')];
}

function range(call: Call): readonly Wire[] {
  const bounds = [0, 1, 2].map((at) => call.inputs[at]?.known?.values[0]);
  if (bounds.some((bound) => typeof bound === 'string') && bounds[2] === 1) {
    // Up to a size that has a name: ones, added up.
    const shape = [subtractDims(bounds[1] ?? 0, bounds[0] ?? 0)];
    const ones = one(call, 'ConstantOfShape', { shape, value: 1, dtype: 'int32' });
    const counted = one(call, 'CumSum', { axis: 0, exclusive: true }, ones);
    const first = input(call, 0);
    return bounds[0] === 0 ? [counted] : [one(call, 'Add', {}, counted, call.wire(first))];
  }
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((at) => numbersOf(call, at, 'a bound')?.[0]);
  return call.draft.add('Range', call.name, { start, limit, delta, dtype: input(call, 0).type.dtype });
}

function topK(call: Call): readonly Wire[] {
  const record = recordOf(call, 'TopK');
  return translate(call, record);
}

function resize(call: Call): readonly Wire[] {
  const { op, opset, attributes } = call;
  const old = op === 'Upsample' || opset === 10;
  const [scalesAt, sizesAt] = old ? [1, null] : [2, 3];
  const mode = attributes.string('mode') ?? 'nearest';
  const transformation = attributes.string('coordinate_transformation_mode') ?? (old ? 'asymmetric' : 'half_pixel');
  const nearest = attributes.string('nearest_mode') ?? (old ? 'floor' : 'round_prefer_floor');
  if (transformation.startsWith('tf_')) unsupported(`its coordinate_transformation_mode is ${transformation}`);
  for (const name of ['antialias', 'exclude_outside']) {
    if (attributes.int(name)) unsupported(`its attribute ${name} has no counterpart`);
  }
  if ((attributes.string('keep_aspect_ratio_policy') ?? 'stretch') !== 'stretch') {
    unsupported('its attribute keep_aspect_ratio_policy has no counterpart');
  }
  const x = call.wire(input(call, 0));
  const { shape } = x.type;
  const axes =
    attributes.ints('axes')?.map((axis) => normalizeAxis(axis, shape.length)) ?? shape.map((_, axis) => axis);
  const listed = (at: number | null): readonly Dim[] => {
    const entry = at === null ? null : call.inputs[at];
    return entry ? (valuesOf(entry)?.values ?? unsupported('its size is computed from values')) : [];
  };
  /** Of the spatial axes; the others have to stay as they are. */
  const spatial = (values: readonly Dim[], same: (axis: number) => Dim): readonly number[] => {
    const all = shape.map((_, axis) => (axes.includes(axis) ? (values[axes.indexOf(axis)] ?? 1) : same(axis)));
    const rest = all.slice(2);
    if (all[0] !== same(0) || all[1] !== same(1)) unsupported('it changes the number of rows or channels');
    return isNumbers(rest) ? rest : unsupported('its size depends on a size that has a name');
  };
  const scales = attributes.floats('scales') ?? listed(scalesAt);
  const sizes = listed(sizesAt);
  const given: Given =
    sizes.length > 0
      ? { sizes: spatial(sizes, (axis) => shape[axis] ?? 1), scales: [] }
      : { scales: spatial(scales, () => 1), sizes: [] };
  const all = { ...given, mode, coordinate_transformation_mode: transformation, nearest_mode: nearest };
  const record = recordOf(call, 'Resize');
  for (const [name, value] of Object.entries(all)) {
    const problem = attributeProblem(value, record.attributes[name] as AttributeSpec);
    if (problem) unsupported(`${name} ${problem}`, `It is ${value}.`);
  }
  return translate(call, record, all, [x]);
}

/** Gates with other functions than the usual ones have no counterpart. */
function recurrent(call: Call): readonly Wire[] {
  const { op, attributes } = call;
  const usual = { RNN: ['Tanh'], GRU: ['Sigmoid', 'Tanh'], LSTM: ['Sigmoid', 'Tanh', 'Tanh'] }[op] ?? [];
  const named = attributes.strings('activations') ?? [];
  const both = attributes.string('direction') === 'bidirectional' ? [...usual, ...usual] : usual;
  const given: Given = {};
  if (op === 'RNN' && named.length > 0) {
    const [first = 'Tanh'] = named;
    if (named.some((name) => name !== first)) unsupported('its two directions have different activations');
    given.activation = first;
  } else if (named.length > 0 && named.join() !== both.join()) unsupported(`its activations are ${named.join(', ')}`);
  if (attributes.int('input_forget')) unsupported('its input and forget gates are coupled');
  const record = recordOf(call, op);
  const rest = attributes.without('activations', 'input_forget', 'output_sequence');
  return translate(call, record, { ...givenAttributes({ ...call, attributes: rest }, record), ...given });
}

/** Until opset 20 scale and bias were those of groups. */
function groupNormalization(call: Call): readonly Wire[] {
  const record = recordOf(call, 'GroupNormalization');
  const [x, scale, bias] = valueInputs(call) as Wire[];
  if (!x || !scale || !bias || call.opset >= 21) return translate(call, record);
  const [groups, channels] = [scale.type.shape[0] ?? 1, x.type.shape[1] ?? 1];
  const each = (wire: Wire): Wire => {
    const column = one(call, 'Unsqueeze', { axes: [1] }, wire);
    const wide = one(call, 'Expand', { shape: [groups, Number(channels) / Number(groups)] }, column);
    return one(call, 'Reshape', { shape: [channels] }, wide);
  };
  return translate(call, record, givenAttributes(call, record), [x, each(scale), each(bias)]);
}

/** Mean and inverse deviation, which are outputs as well. */
function layerNormalization(call: Call): readonly (Wire | null)[] {
  const record = recordOf(call, 'LayerNormalization');
  const given = givenAttributes(call, record);
  const [y] = translate(call, record, given);
  if (!call.outputs[1] && !call.outputs[2]) return [y as Wire];
  const x = call.wire(input(call, 0));
  const rank = x.type.shape.length;
  const first = normalizeAxis(Number(given.axis ?? -1), rank);
  const over = { axes: Array.from({ length: rank - first }, (_, at) => first + at), keepdims: true };
  const mean = one(call, 'ReduceMean', over, x);
  const centered = one(call, 'Sub', {}, x, mean);
  const variance = one(call, 'ReduceMean', over, one(call, 'Mul', {}, centered, centered));
  const epsilon = Number(given.epsilon ?? record.attributes.epsilon?.default);
  const small = call.constant(`${call.name}/epsilon`, { dtype: 'float32', shape: [], values: [epsilon] });
  const deviation = one(call, 'Sqrt', {}, one(call, 'Add', {}, variance, small));
  return [y as Wire, mean, one(call, 'Reciprocal', {}, deviation)];
}

/** Weights of whole numbers become what they stand for. */
function dequantize(call: Call): readonly Wire[] {
  const [x, scale] = [call.wire(input(call, 0)), call.wire(input(call, 1))];
  const zero = call.inputs[2];
  const rank = x.type.shape.length;
  const axis = normalizeAxis(call.attributes.int('axis') ?? 1, rank);
  if (call.attributes.int('block_size')) unsupported('its values are quantized in blocks');
  const along = (wire: Wire): Wire =>
    sizeOf(wire.type.shape) === 1 && wire.type.shape.length === 0
      ? wire
      : one(
          call,
          'Reshape',
          { shape: x.type.shape.map((_, at) => (at === axis ? (wire.type.shape[0] ?? 1) : 1)) },
          wire,
        );
  const real = cast(call, x, 'float32');
  const centered = zero ? one(call, 'Sub', {}, real, along(cast(call, call.wire(zero), 'float32'))) : real;
  return [one(call, 'Mul', {}, centered, along(scale))];
}

/** What the language computes of numbers only. */
const ofInteger: Translation = (call) => {
  const x = call.wire(input(call, 0));
  if (x.type.dtype !== 'int32') return translate(call, recordOf(call, call.op));
  const negative = one(
    call,
    'Sub',
    {},
    call.constant(`${call.name}/zero`, { dtype: 'int32', shape: [], values: [0] }),
    x,
  );
  return [call.op === 'Neg' ? negative : one(call, 'Max', {}, x, negative)];
};

/** The second output is that of the logarithm of the softmax. */
function crossEntropy(call: Call): readonly (Wire | null)[] {
  const [loss] = translate(call, recordOf(call, call.op));
  if (!call.outputs[1]) return [loss as Wire];
  const scores = call.wire(input(call, 0));
  return [loss as Wire, one({ ...call, name: `${call.name}/log_prob` }, 'LogSoftmax', { axis: 1 }, scores)];
}

const eyeLike: Translation = (call) => {
  const record = recordOf(call, 'EyeLike');
  const elem = call.attributes.int('dtype');
  const dtype: DType | 'same' = elem === null ? 'same' : dtypeOf(elem);
  return translate(call, record, { ...givenAttributes(call, record), dtype });
};

export const SPECIAL: Readonly<Record<string, Translation>> = {
  Identity: (call) => [input(call, 0)],
  Cast: castTo,
  CastLike: castTo,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  Dropout: dropout,
  BatchNormalization: batchNormalization,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: squeeze,
  ConstantOfShape: filled,
  Clip: clip,
  Split: split,
  OneHot: oneHot,
  Range: range,
  TopK: topK,
  Resize: resize,
  Upsample: resize,
  RNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  DequantizeLinear: dequantize,
  Neg: ofInteger,
  Abs: ofInteger,
  EyeLike: eyeLike,
  SoftmaxCrossEntropyLoss: crossEntropy,
  Scatter: (call) => translate({ ...call, op: 'ScatterElements' }, recordOf(call, 'ScatterElements')),
  ...Object.fromEntries(
    ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map((name) => [
      `Reduce${name}`,
      reduce,
    ]),
  ),
};
