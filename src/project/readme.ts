import type { Diagnostic } from '../compiler/diagnostics.ts';
import type { GraphDocument } from '../compiler/document.ts';
import type { Recipe } from './recipe.ts';

export interface ReadmeOptions {
  readonly document: GraphDocument;
  readonly recipe: Recipe;
  readonly files: ReadonlySet<string>;
  readonly notes: readonly Diagnostic[];
  /** Why it cannot be trained by several processes; null where it can. */
  readonly alone: string | null;
  readonly licences: readonly string[];
}

/** Where the built-in data sets come from. */
export const LICENCES: Readonly<Record<string, string>> = {
  digits:
    'digits: the test set of the UCI “Optical Recognition of Handwritten Digits” data, as packaged in scikit-learn. CC BY 4.0 (E. Alpaydin, C. Kaynak).',
  iris: 'iris: the UCI “Iris” data, as packaged in scikit-learn. CC BY 4.0 (R. A. Fisher).',
  mnist: 'mnist: 10,000 of the handwritten digits of MNIST. CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges).',
  photograph: 'photograph: china.jpg as packaged in scikit-learn, by danielbuechele on Flickr. CC BY 2.0.',
};

const row = (file: string, text: string): string => `| \`${file}\` | ${text} |`;

export function readme({ document, recipe, files, notes, alone, licences }: ReadmeOptions): string {
  const torch = files.has('model.py');
  const rows = [
    row('document.json', 'The drawing, with its data recipe. Wiregrad opens it.'),
    ...(files.has('models/inference.onnx')
      ? [row('models/inference.onnx', 'Inputs to predictions, with the parameters inside')]
      : []),
    ...recipe.steps.map(({ file, batch, inputs }) => {
      const takes = inputs.some(({ from }) => from === 'column') ? `${batch} rows, ` : '';
      return row(file, `One training step: ${takes}state and learning rate in; loss and new state out`);
    }),
    row('recipe.json', 'Names and sources of inputs and outputs, batch size, seed, splits, learning rate'),
    row('state/', 'Parameters and what optimizers remember, as NumPy arrays'),
    ...(Object.keys(recipe.columns).length > 0
      ? [row('data/', 'Columns of the data set, prepared, as NumPy arrays')]
      : []),
    row('train_onnx.py, recipe.py', 'Training with NumPy and ONNX Runtime'),
    row('train_onnx.mjs, package.json', 'Training with ONNX Runtime in Node'),
    ...(torch ? [row('model.py, train_torch.py', 'The model and its training in PyTorch')] : []),
  ];
  const commands = [
    'pip install -r requirements.txt',
    'python train_onnx.py --steps 100',
    '',
    'npm install',
    'node train_onnx.mjs --steps 100',
    ...(torch ? ['', 'pip install torch numpy', 'python train_torch.py --steps 100'] : []),
    ...(torch && !alone ? ['torchrun --nproc_per_node=2 train_torch.py --steps 100'] : []),
  ];
  const state =
    recipe.step === 0
      ? 'Training starts from the initial state.'
      : `The state is that after ${recipe.step} steps; training goes on from there.`;
  const shuffled = recipe.shuffle
    ? `in an order that the seed ${recipe.seed} and the number of the epoch give`
    : 'in the order of the data';
  const order = recipe.splits ? ` Each step takes ${recipe.batchSize} rows of the training split, ${shuffled}.` : '';
  const shares =
    torch && !alone
      ? '\nUnder `torchrun` each process takes its share of every batch; DistributedDataParallel averages the gradients, which are then those of one process.\n'
      : '';
  const limits = notes.map(({ title, cause }) => `- ${title}. ${cause}`);
  const parts = [
    `# ${document.name}\n`,
    document.description ? `${document.description}\n` : '',
    `Written by Wiregrad. ${state}${order} All programs make the same steps, so their losses agree up to rounding.\n`,
    `\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n${shares}`,
    `| File | Content |\n|---|---|\n${rows.join('\n')}\n`,
    limits.length > 0 ? `## What the programs do not do\n\n${limits.join('\n')}\n` : '',
    licences.length > 0 ? `## Data\n\n${licences.map((text) => `- ${text}`).join('\n')}\n` : '',
  ];
  return parts.filter(Boolean).join('\n');
}
