/** The dialog that makes a data set: what was chosen is read, looked at, and given a recipe. */
import { create } from 'zustand';
import {
  type DataSource,
  type DatasetRecipe,
  isKnownRecipe,
  type PictureFormat,
  recipeKey,
  type TableFormat,
} from '../../compiler/datasets.ts';
import type { DocumentNode, NodeId } from '../../compiler/document.ts';
import { DataError } from '../../data/errors.ts';
import type { DatasetPlan } from '../../data/prepare.ts';
import type { DataInput, Progress } from '../../data/streams.ts';
import { DATASET_NAMES } from '../../nodes/datasets.ts';
import { Cancelled, DataClient } from '../../runtime/data-client.ts';
import type { Looked, Outcome } from '../../runtime/data-session.ts';
import { setAttributeOf, uniqueName } from '../commands/graph-edits.ts';
import { addNode } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { builtInOf, lookForMissing } from './keeper.ts';

export interface Trouble {
  readonly title: string;
  readonly cause: string;
}

interface DataDialogState {
  readonly stage: 'choose' | 'reading' | 'look';
  /** The data set that is changed; null for a new one. */
  readonly editing: string | null;
  /** The Data node that will read it; null for a new one. */
  readonly target: NodeId | null;
  readonly name: string;
  readonly progress: Progress | null;
  /** Why what was chosen cannot be read. */
  readonly trouble: Trouble | null;
  readonly looked: Looked | null;
  readonly plan: DatasetPlan | null;
  /** What the plan makes; null while it is found out. */
  readonly outcome: Outcome | Trouble | null;
  readonly keeping: boolean;
}

const NOTHING: DataDialogState = {
  stage: 'choose',
  editing: null,
  target: null,
  name: '',
  progress: null,
  trouble: null,
  looked: null,
  plan: null,
  outcome: null,
  keeping: false,
};

export const dataDialog = create<DataDialogState>(() => NOTHING);

/** What was typed and painted: it is there when one comes back. */
export const drafts = create<{
  readonly text: string;
  readonly points: readonly (readonly [x: number, y: number, kind: number])[];
}>(() => ({ text: '', points: [] }));

/** Longer texts are kept like a file instead of in the drawing. */
const LONGEST_TEXT = 20_000;
/** After the last change of the plan. */
const PREPARE_MS = 150;

let client: DataClient | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Counts what was begun, so that what comes too late is told. */
let turn = 0;

const { setState, getState } = dataDialog;

export const isTrouble = (outcome: Outcome | Trouble): outcome is Trouble => 'cause' in outcome;

function troubleOf(error: unknown): Trouble {
  if (error instanceof DataError) return { title: error.report.title, cause: error.report.cause ?? '' };
  return { title: 'The data cannot be read', cause: error instanceof Error ? error.message : String(error) };
}

function stop(): void {
  turn++;
  clearTimeout(timer);
  client?.close();
  client = null;
}

/** The nodes of a sheet that read data. */
export function dataNodes(nodes: Readonly<Record<NodeId, DocumentNode>>): readonly DocumentNode[] {
  return Object.values(nodes).filter(({ op }) => op === 'Data');
}

/** Opens the dialog: for a new data set, or to change one. */
export function openDialog(editing: string | null = null): void {
  stop();
  const nodes = dataNodes(editor.document.getState().document.graph.nodes);
  const { selection } = editor.ui.getState();
  const selected = nodes.find(({ id }) => selection.nodes.includes(id));
  // A graph reads one data set, so a drawing with a single Data node means that one.
  const target = (selected ?? (nodes.length === 1 ? nodes[0] : undefined))?.id ?? null;
  setState({ ...NOTHING, editing, target, name: editing ?? '' });
  editor.ui.set({ dialog: 'data' });
  const recipe = editing === null ? undefined : editor.whole.getState().document.graph.datasets?.[editing];
  if (recipe && isKnownRecipe(recipe)) void readSource(recipe.source, recipe);
}

export function closeDialog(): void {
  stop();
  setState(NOTHING);
  editor.ui.set({ dialog: null });
}

/** Back to choosing; what is under way ends. */
export function cancelReading(): void {
  const { editing, target } = getState();
  stop();
  if (editing !== null) closeDialog();
  else setState({ ...NOTHING, target });
}

function freeName(wanted: string): string {
  const plain = wanted
    .replace(/\.(gz|zip|npz|csv|tsv|txt|npy)$/i, '')
    .replace(/\.(csv|tsv|txt)$/i, '')
    .replace(/[^\p{L}\p{N}_ -]+/gu, ' ')
    .trim()
    .slice(0, 40);
  const { datasets = {} } = editor.whole.getState().document.graph;
  return uniqueName(plain || 'data', [...Object.keys(datasets), ...DATASET_NAMES]);
}

const nameOf = (source: DataSource): string => {
  switch (source.kind) {
    case 'built-in':
      return source.name;
    case 'table':
    case 'pictures':
      return source.file.name;
    case 'arrays':
      return (source.files[0]?.name ?? '').replace(/[-_.]?(images?|labels?|idx\d).*$/i, '') || 'arrays';
    case 'text':
      return 'table';
    case 'points':
      return 'points';
  }
};

async function read(what: (with_: DataClient) => Promise<Looked>, recipe: DatasetRecipe | null = null): Promise<void> {
  stop();
  const own = turn;
  const reader = new DataClient((progress) => own === turn && setState({ progress }));
  client = reader;
  setState({ stage: 'reading', progress: null, trouble: null, looked: null, plan: null, outcome: null });
  try {
    const looked = await what(reader);
    if (own !== turn) return;
    const { editing } = getState();
    const plan = recipe ?? looked.plan;
    setState({ stage: 'look', looked, name: editing ?? freeName(nameOf(looked.source)), progress: null });
    setPlan(plan);
  } catch (error) {
    if (own !== turn || error instanceof Cancelled) return;
    setState({ stage: 'choose', progress: null, trouble: troubleOf(error) });
  }
}

export function readFiles(inputs: readonly DataInput[]): Promise<void> {
  return read(async (reader) => {
    await reader.give(inputs);
    return reader.call('open', {});
  });
}

export function readSource(source: DataSource, recipe: DatasetRecipe | null = null): Promise<void> {
  return read((reader) => reader.call('openSource', source, builtInOf(source)), recipe);
}

/** A table that was pasted or typed. */
export function readText(text: string): Promise<void> {
  if (text.length > LONGEST_TEXT) return readFiles([{ path: 'pasted table.txt', blob: new Blob([text]) }]);
  return read((reader) => reader.call('openText', text));
}

/** Reads the same again in another way. */
export async function readAs(format: {
  readonly table?: TableFormat;
  readonly pictures?: PictureFormat;
}): Promise<void> {
  const { looked } = getState();
  const reader = client;
  if (!looked || !reader) return;
  const { source } = looked;
  if (source.kind === 'text' && format.table) return readSource({ ...source, format: format.table });
  const own = ++turn;
  clearTimeout(timer);
  setState({ stage: 'reading', progress: null, trouble: null, outcome: null });
  try {
    const again = await reader.call('open', format);
    if (own !== turn) return;
    setState({ stage: 'look', looked: again, progress: null });
    setPlan(again.plan);
  } catch (error) {
    if (own !== turn || error instanceof Cancelled) return;
    setState({ stage: 'look', progress: null, outcome: troubleOf(error) });
  }
}

/** Sets the plan and finds out what it makes. */
export function setPlan(plan: DatasetPlan): void {
  const own = ++turn;
  setState({ plan, outcome: null });
  clearTimeout(timer);
  timer = setTimeout(async () => {
    try {
      const outcome = await client?.call('prepare', plan);
      if (own === turn && outcome) setState({ outcome });
    } catch (error) {
      if (own === turn && !(error instanceof Cancelled)) setState({ outcome: troubleOf(error) });
    }
  }, PREPARE_MS);
}

/** The classes of a column that is made one of classes. */
export async function classesOf(name: string): Promise<readonly string[]> {
  return (await client?.call('classes', name)) ?? [];
}

/** Keeps the data set and adds it to the drawing; a node reads it. */
export async function createDataset(): Promise<void> {
  const { looked, plan, outcome, editing, target, name } = getState();
  if (!looked || !plan || !outcome || isTrouble(outcome) || !client) return;
  const { columns, missing, labels, normalize, splits } = plan;
  const own = ++turn;
  const made = { source: looked.source, columns, missing, labels, normalize, splits, info: outcome.info };
  setState({ keeping: true });
  try {
    await client.call('keep', recipeKey(made));
  } catch (error) {
    if (own === turn && !(error instanceof Cancelled)) setState({ keeping: false, outcome: troubleOf(error) });
    return;
  }
  if (own !== turn) return;
  const known = editing ?? freeName(name);
  addToDrawing(known, made, editing === null ? target : undefined);
  closeDialog();
  void lookForMissing(editor);
}

/** One step to undo. `target`: the node that reads it, null for a new one, undefined for none. */
function addToDrawing(name: string, recipe: DatasetRecipe, target: NodeId | null | undefined): void {
  editor.document.beginGesture(target === undefined ? `Change data set ${name}` : `Add data set ${name}`);
  editor.document.apply('Data set', (draft) => {
    const all: Record<string, unknown> = { ...draft.graph.datasets, [name]: recipe };
    draft.graph.datasets = all as typeof draft.graph.datasets & object;
    if (target) {
      setAttributeOf(draft, editor.registry, target, 'dataset', name);
      setAttributeOf(draft, editor.registry, target, 'shape', []);
    }
  });
  if (target === null) void addNode.run(editor, { op: 'Data', name, attributes: { dataset: name } });
  editor.document.endGesture();
  if (target !== undefined) editor.ui.showTab('data');
}
