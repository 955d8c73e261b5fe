import { useState } from 'react';
import {
  type DataFile,
  type DatasetRecipe,
  type DocumentDatasets,
  isKnownRecipe,
  recipeKey,
} from '../../compiler/datasets.ts';
import { DataError } from '../../data/errors.ts';
import { formatBytes } from '../../data/format-bytes.ts';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { pickInputs } from './chosen-files.ts';
import { editData, removeData } from './commands.ts';
import { keeping, lookForMissing, restore } from './keeper.ts';

interface OwnDatasetsProps {
  readonly datasets: DocumentDatasets | undefined;
  /** Names of those that nodes read. */
  readonly used: ReadonlySet<string>;
}

/** The data sets that the drawing has a recipe of. */
export function OwnDatasets({ datasets = {}, used }: OwnDatasetsProps) {
  const names = Object.keys(datasets);
  if (names.length === 0) return <p className="mb-2 text-muted">None yet: add a file, a table or painted points.</p>;
  return (
    <ul className="mb-2 grid gap-3">
      {names.map((name) => (
        <OwnDataset key={name} name={name} recipe={datasets[name]} isUsed={used.has(name)} />
      ))}
    </ul>
  );
}

function filesOf({ source }: DatasetRecipe): readonly DataFile[] {
  if (source.kind === 'arrays') return source.files;
  return source.kind === 'table' || source.kind === 'pictures' ? [source.file] : [];
}

function describeSource(recipe: DatasetRecipe): string {
  const { source } = recipe;
  const files = filesOf(recipe);
  if (files.length > 0) return files.map(({ name, size }) => `${name}, ${formatBytes(size)}`).join('; ');
  if (source.kind === 'built-in') return `${source.name}, built in`;
  return source.kind === 'points' ? formatAmount(source.points.length / 3, 'painted point') : 'pasted table';
}

interface OwnDatasetProps {
  readonly name: string;
  readonly recipe: DocumentDatasets[string] | undefined;
  readonly isUsed: boolean;
}

function OwnDataset({ name, recipe, isUsed }: OwnDatasetProps) {
  const known = recipe && isKnownRecipe(recipe) ? recipe : null;
  const key = known ? recipeKey(known) : '';
  const isMissing = keeping((state) => key in state.missing);
  return (
    <li className="min-w-0">
      <p className="break-words font-medium">{name}</p>
      <p className="break-words text-muted text-sm">
        {known ? describeSource(known) : 'Made by a newer Wiregrad; kept as it is.'}
      </p>
      {known && <p className="text-muted text-sm">{formatAmount(known.info.rows, 'row')}</p>}
      <Reading dataKey={key} />
      {known && isMissing && <Missing recipe={known} />}
      <div className="mt-1 flex flex-wrap gap-2">
        {known && !isMissing && (
          <Button aria-label={`Change ${name}…`} onClick={() => void editData.run(editor, { name })}>
            Change…
          </Button>
        )}
        <Button
          aria-label={`Remove ${name}`}
          disabled={isUsed}
          title={isUsed ? 'A Data node reads it' : undefined}
          onClick={() => void removeData.run(editor, { name })}
        >
          Remove
        </Button>
      </div>
    </li>
  );
}

function Reading({ dataKey }: { readonly dataKey: string }) {
  const progress = keeping((state) => state.progress[dataKey]);
  if (!progress) return null;
  return (
    <progress
      aria-label={progress.what}
      className="h-1.5 w-full accent-accent"
      max={1}
      value={progress.total > 0 ? progress.done / progress.total : 0}
    />
  );
}

/** Its rows are not in this browser: asks for the file, and checks that it is the same. */
function Missing({ recipe }: { readonly recipe: DatasetRecipe }) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const [file] = filesOf(recipe);
  const isFolder = file?.files !== undefined;
  const choose = async () => {
    const inputs = await pickInputs(isFolder ? 'folder' : 'files');
    if (!inputs || inputs.length === 0) return;
    setTrouble(null);
    try {
      await restore(recipe, inputs);
      await lookForMissing(editor);
    } catch (error) {
      setTrouble(error instanceof DataError ? error.message : String(error));
    }
  };
  return (
    <div className="mt-1">
      <p className="text-error">Its rows are not in this browser.</p>
      <Button kind="primary" className="mt-1" onClick={() => void choose()}>
        Choose {isFolder ? 'the folder ' : ''}
        {file?.name}…
      </Button>
      {trouble && (
        <p role="alert" className="mt-1 break-words text-error">
          {trouble}
        </p>
      )}
    </div>
  );
}
