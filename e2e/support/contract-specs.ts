/** Contract cases of the registry on WebGPU: values, first and second derivatives against those on wasm. */
import { expect, type Page, test } from '@playwright/test';
import { contractOperands } from '../../scripts/contract-operands.ts';
import { type Application, joinDerivatives } from '../../scripts/gradient-check.ts';
import { runModel } from '../../scripts/run-onnx.ts';
import { emit } from '../../src/compiler/phases/6-emit.ts';
import type { TensorData } from '../../src/compiler/types.ts';
import { registry } from '../../src/nodes/registry.ts';
import { modelPage, type Result, runOnWebGpu } from './webgpu-models.ts';

const DIMS = { batch: 2 };
/** Sessions cost more than nodes, and a small model is easier to blame. */
const CASES_A_MODEL = 6;
/** Sums of products in another order; WGSL's exponentials, logarithms, sines and cosines are coarser than those of the CPU. */
const CLOSE = { absolute: 2e-3, relative: 2e-3 };

const cases = [...registry.values()].flatMap((record) =>
  (record.cases ?? []).map(([operands, attributes = {}]): Application & { readonly name: string } => ({
    name: `${record.name}(${operands.replaceAll(' ', ', ')}) ${JSON.stringify(attributes)}`,
    op: record.name,
    operands: contractOperands(operands, DIMS),
    attributes,
    dims: DIMS,
  })),
);

function differences(name: string, onGpu: Result | undefined, onCpu: TensorData): string[] {
  if (onGpu?.shape.join() !== onCpu.shape.join()) return [`${name}: shape [${onGpu?.shape}], not [${onCpu.shape}]`];
  const at = Array.from(onCpu.data, Number).findIndex((wanted, i) => {
    const found = onGpu.data[i] ?? Number.NaN;
    return !(
      Object.is(found, wanted) || Math.abs(found - wanted) <= CLOSE.absolute + CLOSE.relative * Math.abs(wanted)
    );
  });
  return at < 0 ? [] : [`${name}[${at}]: ${onGpu.data[at]} instead of ${onCpu.data[at]}`];
}

async function failures(page: Page, group: readonly (Application & { readonly name: string })[]): Promise<string[]> {
  const { fn, feeds } = joinDerivatives(registry, group);
  const plan = emit(fn, registry, { dims: DIMS, data: 'batch' });
  const [onCpu = []] = await runModel(plan, [feeds]);
  const onGpu = await runOnWebGpu(page, plan, feeds);
  return onCpu.flatMap((data, at) => differences(`output ${at}`, onGpu[at], data));
}

/** Tests every `every`th case. Returns how many there are. */
export function describeContract(every = 1): number {
  const page = modelPage();
  const chosen = cases.filter((_, at) => at % every === 0);
  for (let start = 0; start < chosen.length; start += CASES_A_MODEL) {
    const group = chosen.slice(start, start + CASES_A_MODEL);
    test(group.map(({ name }) => name).join('; '), async () => {
      expect(await failures(page(), group)).toEqual([]);
    });
  }
  return chosen.length;
}
