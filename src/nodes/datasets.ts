import type { DatasetInfo } from '../compiler/plan.ts';

/** What is known of the built-in data sets before they are loaded. Provenance: public/data/README.md. */
const DATASETS: readonly DatasetInfo[] = [
  {
    name: 'digits',
    rows: 1797,
    columns: [
      { name: 'pixels', dtype: 'float32', shape: [64], image: [8, 8] },
      { name: 'label', dtype: 'int32', shape: [], classes: 10 },
    ],
    splits: { train: [0, 1500], validation: [1500, 1797] },
  },
  {
    name: 'mnist',
    rows: 10000,
    columns: [
      { name: 'pixels', dtype: 'float32', shape: [784], image: [28, 28] },
      { name: 'label', dtype: 'int32', shape: [], classes: 10 },
    ],
    splits: { train: [0, 8000], validation: [8000, 9000], test: [9000, 10000] },
  },
  {
    name: 'iris',
    rows: 150,
    columns: [
      { name: 'features', dtype: 'float32', shape: [4] },
      { name: 'label', dtype: 'int32', shape: [], classes: 3 },
    ],
    splits: { train: [0, 120], validation: [120, 150] },
  },
  {
    name: 'line',
    rows: 256,
    columns: [
      { name: 'x', dtype: 'float32', shape: [1] },
      { name: 'y', dtype: 'float32', shape: [1] },
    ],
    splits: { train: [0, 192], validation: [192, 256] },
  },
  {
    name: 'sine',
    rows: 256,
    columns: [
      { name: 'x', dtype: 'float32', shape: [1] },
      { name: 'y', dtype: 'float32', shape: [1] },
    ],
    splits: { train: [0, 192], validation: [192, 256] },
  },
  // A single picture, for looking at what filters do; it is trained and validated on alike.
  {
    name: 'photograph',
    rows: 1,
    columns: [{ name: 'pixels', dtype: 'float32', shape: [3, 639, 516] }],
    splits: { train: [0, 1], validation: [0, 1] },
  },
  ...['spirals', 'moons', 'circles'].map(
    (name): DatasetInfo => ({
      name,
      rows: 600,
      columns: [
        { name: 'point', dtype: 'float32', shape: [2] },
        { name: 'label', dtype: 'int32', shape: [], classes: 2 },
      ],
      splits: { train: [0, 450], validation: [450, 600] },
    }),
  ),
];

export const DATASET_NAMES = DATASETS.map((dataset) => dataset.name);

export function findDataset(name: string): DatasetInfo | null {
  return DATASETS.find((dataset) => dataset.name === name) ?? null;
}
