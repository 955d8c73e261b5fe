import type { OpRecord, Registry } from '../compiler/op.ts';
import { gradientOps, resultOps } from './results.ts';
import { optimizerOps } from './optimizers.ts';
import { sourceOps } from './sources.ts';

const families: readonly (readonly OpRecord[])[] = [sourceOps, gradientOps, optimizerOps, resultOps];

function build(): Registry {
  const registry = new Map<string, OpRecord>();
  for (const record of families.flat()) {
    if (registry.has(record.name)) throw new Error(`Operator ${record.name} is registered twice`);
    registry.set(record.name, record);
  }
  return registry;
}

/** Every operator of the language, in the order of the palette. */
export const registry: Registry = build();
