/** Which tensor of a file becomes the value of which slot of a drawing, and what is in the way. */
import { nearest } from '../compiler/spelling.ts';
import type { StoredTensor } from '../formats/tensor.ts';
import type { WeightFile } from './weight-file.ts';

/** A parameter of the drawing, or a tensor of an optimizer's state. */
export interface Slot {
  readonly id: string;
  readonly kind: 'parameter' | 'slot';
  readonly shape: readonly number[];
}

/** How a tensor fits a slot: as it is; a matrix the other way round; with axes of size 1 more or less. */
export type Fit = 'same' | 'transposed' | 'reshaped';

export interface Choice {
  /** Of the tensor in the file. */
  readonly name: string;
  readonly fit: Fit;
}

/** A slot with what could be loaded into it. */
export interface Match {
  readonly slot: Slot;
  /** What is loaded unless one chooses otherwise: the tensor of the slot's name and shape. */
  readonly chosen: Choice | null;
  /** Everything that fits: the tensor of that name first, then those of near names, then the others. */
  readonly choices: readonly Choice[];
  /** A likely choice where nothing is chosen: a near name, or the other way round. */
  readonly suggested: Choice | null;
  /** The shape of the tensor of the slot's name, where it does not fit. */
  readonly found: readonly number[] | null;
}

const print = (shape: readonly number[]) => shape.join();
const squeezed = (shape: readonly number[]) => print(shape.filter((size) => size !== 1));

/** All ways in which a tensor of shape `from` fits one of shape `to`. A square matrix fits both ways. */
function fitsOf(from: readonly number[], to: readonly number[]): Fit[] {
  const fits: Fit[] = print(from) === print(to) ? ['same'] : [];
  if (to.length === 2 && from.length === 2 && print(from.toReversed()) === print(to)) fits.push('transposed');
  if (fits.length === 0 && squeezed(from) === squeezed(to)) fits.push('reshaped');
  return fits;
}

/** Matches what a drawing needs with what a file holds. */
export function matchWeights(slots: readonly Slot[], { tensors }: WeightFile): Match[] {
  const taken = new Set(slots.map(({ id }) => id));
  const free = [...tensors.keys()].filter((name) => !taken.has(name));
  return slots.map((slot) => {
    const own = tensors.get(slot.id);
    const choicesOf = (name: string): Choice[] =>
      fitsOf(tensors.get(name)?.shape ?? [], slot.shape).map((fit) => ({ name, fit }));
    const owned = own ? choicesOf(slot.id) : [];
    // The state of an optimizer is nothing that goes by another name.
    const fitting = slot.kind === 'slot' ? [] : free.filter((name) => choicesOf(name).length > 0);
    const near = own ? null : nearest(slot.id, fitting);
    const others = near === null ? fitting : [near, ...fitting.filter((name) => name !== near)];
    const chosen = owned.find(({ fit }) => fit === 'same') ?? null;
    const choices = [...owned, ...others.flatMap(choicesOf)];
    const likely = own ? owned[0] : near !== null || fitting.length === 1 ? choices[0] : undefined;
    return {
      slot,
      chosen,
      choices,
      suggested: chosen ? null : (likely ?? null),
      found: own && owned.length === 0 ? own.shape : null,
    };
  });
}

/** Tensors of the file that nothing is loaded from. */
export function unusedTensors({ tensors }: WeightFile, chosen: readonly (Choice | null)[]): string[] {
  const used = new Set(chosen.map((choice) => choice?.name));
  return [...tensors.keys()].filter((name) => !used.has(name));
}

/** What becomes of the elements on their way into float32, or null where nothing does. */
export function conversion({ dtype, data }: StoredTensor): string | null {
  const odd = data.length > 0 && typeof data[0] === 'number' && (data as Float32Array).some((x) => !Number.isFinite(x));
  const notes = [
    ...(dtype === 'float32' ? [] : [dtype === 'float64' ? 'rounded from float64' : `converted from ${dtype}`]),
    ...(odd ? ['not all of its numbers are finite'] : []),
  ];
  return notes.length > 0 ? notes.join('; ') : null;
}

/** The value a slot gets from a tensor. */
export function weightValues({ data, shape }: StoredTensor, fit: Fit): Float32Array {
  const values = Float32Array.from(data as ArrayLike<number | bigint>, Number);
  if (fit !== 'transposed') return values;
  const [rows = 1, columns = 1] = shape;
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number);
}
