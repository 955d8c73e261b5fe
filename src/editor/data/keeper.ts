/** Sees to it that the rows a graph reads are in this browser, and says which file is missing where they are not. */
import { create } from 'zustand';
import { type DataSource, type DatasetRecipe, isKnownRecipe, recipeKey } from '../../compiler/datasets.ts';
import { diagnostic } from '../../compiler/diagnostics.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { DataError } from '../../data/errors.ts';
import type { DataInput, Progress } from '../../data/streams.ts';
import { findDataset } from '../../nodes/datasets.ts';
import { DataClient } from '../../runtime/data-client.ts';
import { browserStorage } from '../../runtime/data-store.ts';
import { reportProblems } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';

const storage = browserStorage();

/** By the key of a recipe: what is being made of it, or what is wrong. Left out where nothing is to be said. */
interface Keeping {
  readonly progress: Readonly<Record<string, Progress>>;
  readonly missing: Readonly<Record<string, true>>;
}

export const keeping = create<Keeping>(() => ({ progress: {}, missing: {} }));

export const builtInOf = (source: DataSource) =>
  source.kind === 'built-in' ? (findDataset(source.name)?.columns ?? null) : null;

function setProgress(key: string, progress: Progress | null) {
  keeping.setState((state) => {
    const { [key]: _, ...others } = state.progress;
    return { progress: progress ? { ...others, [key]: progress } : others };
  });
}

function setMissing(key: string, isMissing: boolean) {
  keeping.setState((state) => {
    const { [key]: _, ...others } = state.missing;
    return { missing: isMissing ? { ...others, [key]: true } : others };
  });
}

/** Makes the columns of a recipe again, of these files or of those that are kept. Rejects with a DataError. */
export async function restore(recipe: DatasetRecipe, inputs: readonly DataInput[] = []): Promise<void> {
  const key = recipeKey(recipe);
  const client = new DataClient((progress) => setProgress(key, progress));
  try {
    setProgress(key, { what: 'Reading', done: 0, total: 1 });
    await client.give(inputs);
    await client.call('restore', recipe, key, builtInOf(recipe.source));
    setMissing(key, false);
  } finally {
    client.close();
    setProgress(key, null);
  }
}

const sayTrouble = (name: string, error: DataError) =>
  diagnostic(error.code, {}, { ...error.report, title: `${name}: ${error.report.title}`, severity: 'error' });

/** Before a plan is loaded. Rejects where rows that it reads cannot be had; the problem is reported. */
export async function ensureData(editor: Editor, plan: TrainingPlan): Promise<void> {
  const { datasets = {} } = editor.whole.getState().document.graph;
  for (const [name, key] of new Map(plan.columns.map((column) => [column.dataset, column.key]))) {
    const recipe = datasets[name];
    if (key === undefined || !recipe || !isKnownRecipe(recipe) || (await storage.hasColumns(key))) continue;
    try {
      await restore(recipe);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      if (error.code === 'data/missing') setMissing(key, true);
      reportProblems(editor, 'data/', [sayTrouble(name, error)]);
      // It is reported already.
      throw Object.assign(new Error(error.message), { code: 'runtime/stopped' });
    }
  }
  reportProblems(editor, 'data/', []);
}

/** Finds out which data sets of the document are not in this browser, and says so. */
export async function lookForMissing(editor: Editor): Promise<void> {
  const { opened, document } = editor.whole.getState();
  const { datasets = {} } = document.graph;
  const missing: string[] = [];
  for (const [name, recipe] of Object.entries(datasets)) {
    if (!isKnownRecipe(recipe)) continue;
    const key = recipeKey(recipe);
    const there = (await storage.hasColumns(key)) || (await storage.hasFiles(recipe.source));
    setMissing(key, !there);
    if (!there) missing.push(name);
  }
  if (editor.whole.getState().opened !== opened) return;
  const title = `The rows of ${missing.join(', ')} are not in this browser`;
  const cause = 'Drawings hold the recipe of a data set and not its rows. Choose the file in the Data panel.';
  reportProblems(editor, 'data/', missing.length === 0 ? [] : [diagnostic('data/missing', {}, { title, cause })]);
}

/** Looks at each document that is opened, for as long as the page lives. */
export function watchMissing(editor: Editor): void {
  const look = () => void lookForMissing(editor).catch(() => {});
  editor.whole.subscribe((state, previous) => {
    const { datasets } = state.document.graph;
    if (state.opened !== previous.opened || datasets !== previous.document.graph.datasets) look();
  });
  look();
}
