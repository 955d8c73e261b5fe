import type { MovedTensor, SurfaceRequest, SurfaceTensor } from '../surface.ts';
import { loadOrt } from './ort.ts';

/** The tensor moved along its directions. At the origin it is the very same. */
export function movedBy({ data, directions: [first, second] }: MovedTensor, x: number, y: number): Float32Array {
  if (x === 0 && y === 0) return data;
  return data.map((value, at) => value + x * (first[at] ?? 0) + y * (second[at] ?? 0));
}

/** Computes the loss line by line. */
export async function sweep(
  { onnx, output, fixed, moved, xs, ys }: SurfaceRequest,
  onLine: (line: number, losses: Float32Array) => void,
): Promise<void> {
  const { ort } = await loadOrt('wasm');
  const session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
  const tensor = ({ dtype, shape, data }: SurfaceTensor) => new ort.Tensor(dtype, data as Float32Array, shape);
  try {
    const still = Object.fromEntries(fixed.map((each) => [each.name, tensor(each)]));
    for (const [line, y] of ys.entries()) {
      const losses = new Float32Array(xs.length);
      for (const [column, x] of xs.entries()) {
        const parts = moved.map((each) => [each.name, tensor({ ...each, data: movedBy(each, x, y) })] as const);
        const results = await session.run({ ...still, ...Object.fromEntries(parts) });
        losses[column] = Number((results[output]?.data as Float32Array | undefined)?.[0] ?? Number.NaN);
      }
      onLine(line, losses);
    }
  } finally {
    await session.release();
  }
}
