/** The bars the project sets itself, checked against one report. */

import { median } from './measure.ts';
import type { ModelName } from './page/contract.ts';
import type { Row } from './report.ts';

export interface Bar {
  readonly text: string;
  readonly value: number | null;
  readonly verdict: 'PASS' | 'FAIL' | 'not measured';
}

export function checkBars(rows: readonly Row[]): Bar[] {
  const find = (model: ModelName, backend: Row['backend'], contender: Row['contender']): Row | undefined =>
    rows.find((row) => row.model === model && row.backend === backend && row.contender === contender);
  const time = (...which: Parameters<typeof find>): number | null => {
    const times = find(...which)?.rounds;
    return times?.length ? median(times) : null;
  };
  const own = (model: ModelName): number | null => time(model, 'wasm', 'Wiregrad');
  const onGpu = rows.filter((row) => row.contender === 'Wiregrad' && row.backend === 'webgpu' && row.rounds.length);
  const fallbacks = onGpu.map((row) => row.fallbackNodes ?? Number.NaN);
  const watching = find('mlp', 'wasm', 'Wiregrad')?.watchingRounds ?? [];
  return [
    atLeast('wasm MLP: times as fast as TensorFlow.js', ratio(time('mlp', 'wasm', 'TensorFlow.js'), own('mlp')), 4),
    atLeast('wasm MLP: times as fast as jax-js', ratio(time('mlp', 'wasm', 'jax-js'), own('mlp')), 6),
    atLeast('wasm LeNet: times as fast as jax-js', ratio(time('lenet', 'wasm', 'jax-js'), own('lenet')), 8),
    atMost('wasm MLP: times native ORT', ratio(own('mlp'), time('mlp', 'native', 'native ORT')), 2.5),
    atMost('wasm LeNet: times native ORT', ratio(own('lenet'), time('lenet', 'native', 'native ORT')), 2.5),
    atMost('WebGPU MLP: dispatches a step', find('mlp', 'webgpu', 'Wiregrad')?.counts?.dispatches ?? null, 26),
    atMost('WebGPU: fallback nodes', fallbacks.length ? Math.max(...fallbacks) : null, 0),
    atMost('Watching all visible nodes: % of steps/s', lostPercent(own('mlp'), watching), 15),
  ];
}

function lostPercent(plain: number | null, watching: readonly number[]): number | null {
  return plain === null || !watching.length ? null : 100 * (1 - plain / median(watching));
}

function ratio(above: number | null, below: number | null): number | null {
  return above === null || below === null ? null : above / below;
}

function atLeast(text: string, value: number | null, bound: number): Bar {
  return { text: `${text} (at least ${bound})`, value, verdict: verdict(value, (measured) => measured >= bound) };
}

function atMost(text: string, value: number | null, bound: number): Bar {
  return { text: `${text} (at most ${bound})`, value, verdict: verdict(value, (measured) => measured <= bound) };
}

function verdict(value: number | null, holds: (measured: number) => boolean): Bar['verdict'] {
  if (value === null) return 'not measured';
  return holds(value) ? 'PASS' : 'FAIL';
}
