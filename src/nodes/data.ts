import { ownDataset } from '../compiler/datasets.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import type { DatasetColumn } from '../compiler/plan.ts';
import { didYouMean, nearest } from '../compiler/spelling.ts';
import { type TensorType, tensor } from '../compiler/types.ts';
import { DATASET_NAMES, findDataset } from './datasets.ts';

const size = (shape: readonly (number | string)[]) => shape.reduce<number>((product, dim) => product * Number(dim), 1);

function typeOf({ dtype, shape, classes }: DatasetColumn, wanted: readonly (number | string)[] = []): TensorType {
  return tensor(dtype, ['batch', ...(wanted.length > 0 ? wanted : shape)], classes);
}

const data = defineOp({
  name: 'Data',
  kind: 'data',
  category: 'Sources',
  glyph: '▤',
  aliases: ['dataset', 'minibatch', 'givens', 'csv', 'file', 'table'],
  inputs: [],
  outputs: [
    { name: 'x', doc: 'One batch of the first column' },
    { name: 'y', doc: 'One batch of the second column: targets or class labels' },
  ],
  attributes: {
    dataset: attr.dataset('digits', DATASET_NAMES, 'Data set'),
    shape: attr.shape([], 'Sizes of one row of x; empty keeps those of the data set'),
    split: attr.choice(
      ['any', 'validation', 'test'],
      'any',
      'Rows it is read for: any reads what is trained or evaluated on; others belong to metrics on that split alone',
    ),
  },
  infer: ({ attributes, datasets, fail }) => {
    const name = attributes.dataset;
    const info = ownDataset(datasets, name) ?? findDataset(name);
    if (!info) {
      const own = Object.keys(datasets ?? {});
      const known = [...own.filter((each) => ownDataset(datasets, each)), ...DATASET_NAMES];
      const isForeign = own.includes(name);
      const meant = isForeign ? null : nearest(name, known);
      return fail('data/unknown', {
        title: isForeign
          ? `This version cannot read data sets like “${name}”`
          : `There is no data set “${name}”${didYouMean(meant)}`,
        cause: isForeign
          ? 'It was made by a newer Wiregrad. It is kept as it is; reload the page to get the newest version.'
          : `Known data sets: ${known.join(', ')}.`,
        attribute: 'dataset',
        fixes: [
          {
            label: `Read ${meant ?? known[0]}`,
            safety: 'maybe',
            edit: { kind: 'set-attribute', attribute: 'dataset', value: meant ?? known[0] ?? '' },
          },
        ],
      });
    }
    const [x, y] = info.columns;
    if (!x) throw new Error(`${info.name} has no column`);
    if (attributes.shape.length > 0 && size(attributes.shape) !== size(x.shape)) {
      fail('shape/reshape', {
        title: `Rows of ${info.name} have ${size(x.shape)} elements, not ${size(attributes.shape)}`,
        cause: `The shape [${attributes.shape.join(', ')}] has to keep the number of elements of ${x.name}.`,
        attribute: 'shape',
        fixes: [
          {
            label: 'Keep the shape of the data set',
            safety: 'safe',
            edit: { kind: 'set-attribute', attribute: 'shape', value: [] },
          },
        ],
      });
    }
    return [typeOf(x, attributes.shape), ...(y ? [typeOf(y)] : [])];
  },
  dataset: ({ dataset }, own) => ownDataset(own, dataset) ?? findDataset(dataset),
  gradient: { none: 'disconnected', reason: 'A source has no inputs to differentiate.' },
  doc: {
    summary: 'Rows of a data set. It stays on the device; each step gathers its batch by row number inside the graph.',
    formula: '(x, y) = \\mathrm{dataset}[\\mathrm{index}]',
    notes:
      'x has the features, y the labels; a data set without labels has no y. Rows of the validation and the test split never ' +
      'take part in a training step.',
  },
  examples: [],
});

export const dataOps: readonly OpRecord[] = [data];
