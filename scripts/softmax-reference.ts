/** Softmax regression on the digits by gradient descent in float64, step by step. */
import type { ReadFile } from '../src/runtime/worker/datasets/files.ts';
import { loadDataset } from '../src/runtime/worker/datasets/load.ts';

/**
 * Rows of `order`, any number a step; `adjust` changes the gradients before they are used. The losses of the steps, and the
 * parameters after them.
 */
export async function softmaxReference(
  steps: number,
  lr: number,
  order: (step: number) => readonly number[],
  read: ReadFile,
  adjust: (gradients: readonly Float64Array[]) => void = () => {},
) {
  const { pixels = [], label = [] } = await loadDataset('digits', read);
  const [features, classes] = [64, 10];
  const W = new Float64Array(features * classes);
  const b = new Float64Array(classes);
  const found: number[] = [];
  for (let step = 0; step < steps; step++) {
    const dW = new Float64Array(W.length);
    const db = new Float64Array(classes);
    let loss = 0;
    const rows = order(step);
    for (const row of rows) {
      const x = Array.from(pixels.slice(row * features, (row + 1) * features));
      const z = Array.from(b, (bias, c) => x.reduce((sum, value, f) => sum + value * (W[f * classes + c] ?? 0), bias));
      const exp = z.map((value) => Math.exp(value - Math.max(...z)));
      const p = exp.map((value) => value / exp.reduce((sum, each) => sum + each, 0));
      loss -= Math.log(p[label[row] ?? 0] ?? 0) / rows.length;
      p.forEach((value, c) => {
        const d = (value - (c === label[row] ? 1 : 0)) / rows.length;
        db[c] = (db[c] ?? 0) + d;
        x.forEach((each, f) => {
          dW[f * classes + c] = (dW[f * classes + c] ?? 0) + each * d;
        });
      });
    }
    adjust([dW, db]);
    W.forEach((value, i) => {
      W[i] = value - lr * (dW[i] ?? 0);
    });
    b.forEach((value, i) => {
      b[i] = value - lr * (db[i] ?? 0);
    });
    found.push(loss);
  }
  return { losses: found, W, b };
}
