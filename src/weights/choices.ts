/** From what a file offers to what is loaded. */
import { type Choice, type Match, type Slot, weightValues } from './match.ts';
import type { WeightFile } from './weight-file.ts';

/** What is loaded into a slot, by its id; slots that keep their value are left out. */
export type Choices = ReadonlyMap<string, Choice>;

/** What fits by name and shape. */
export function chosenFirst(matches: readonly Match[]): Choices {
  return new Map(matches.flatMap(({ slot, chosen }) => (chosen ? [[slot.id, chosen] as const] : [])));
}

/** The values of what is loaded, by slot. */
export function stateOf({ tensors }: WeightFile, choices: Choices): Readonly<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  for (const [slot, { name, fit }] of choices) {
    const tensor = tensors.get(name);
    if (tensor) values[slot] = weightValues(tensor, fit);
  }
  return values;
}

/** The step that a file was saved at, where it says a sound one. */
export function savedStep({ metadata }: WeightFile): number | null {
  const step = /^\d+$/.test(metadata.step ?? '') ? Number(metadata.step) : Number.NaN;
  return Number.isSafeInteger(step) ? step : null;
}

/** Where training goes on: at the step of the file if the whole state of training comes from it, else where it is. */
export function stepOf(file: WeightFile, slots: readonly Slot[], choices: Choices): number | null {
  return slots.every(({ id }) => choices.has(id)) ? savedStep(file) : null;
}
