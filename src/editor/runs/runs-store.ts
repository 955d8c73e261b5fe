/** The kept runs of the open drawing. */
import { createStore } from 'zustand/vanilla';
import type { TelemetryHub } from '../../runtime/telemetry-hub.ts';
import { library } from '../persistence/library.ts';
import type { Editor } from '../store/create-editor.ts';
import { type KeptRun, settingsOf } from './run.ts';
import type { RunsStorage } from './runs-storage.ts';

export interface Runs {
  /** What the runs are stored under. */
  readonly drawing: string | null;
  readonly list: readonly KeptRun[];
  /** The browser did not keep them: they are gone with the page. */
  readonly lost: boolean;
}

export const runs = createStore<Runs>(() => ({ drawing: null, list: [], lost: false }));

let storage: RunsStorage | null = null;

/** A drawing by its id; what is not stored, such as an example, by its name. */
function drawingKey(editor: Editor): string {
  const { open, drawings } = library.getState();
  const stored = drawings.some(({ id }) => id === open);
  return stored && open !== null ? open : `name:${editor.whole.getState().document.name}`;
}

function keep(work: Promise<void> | undefined): void {
  work?.catch(() => runs.setState({ lost: true }));
}

/** Shows the runs of whatever is open from now on, until the result is called. */
export function followRuns(editor: Editor, where: RunsStorage): () => void {
  storage = where;
  let { opened } = editor.whole.getState();
  const follow = () => {
    const drawing = drawingKey(editor);
    const before = runs.getState();
    const now = editor.whole.getState().opened;
    if (drawing === before.drawing) return;
    if (opened === now && before.list.length > 0) {
      // The same document has become a drawing, or has another name: its runs go with it.
      runs.setState({ drawing });
      keep(where.put(drawing, before.list));
      return;
    }
    opened = now;
    runs.setState({ drawing, list: [], lost: false });
    where
      .list(drawing)
      .then((list) => {
        const { drawing: open, list: kept } = runs.getState();
        if (open === drawing) runs.setState({ list: [...list, ...kept] });
      })
      .catch(() => {});
  };
  follow();
  const ends = [
    library.subscribe(follow),
    editor.whole.subscribe((state, previous) => {
      if (state.opened !== previous.opened || state.document.name !== previous.document.name) follow();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

export function addRun(run: KeptRun): void {
  const { drawing, list } = runs.getState();
  runs.setState({ list: [...list, run] });
  if (drawing !== null) keep(storage?.put(drawing, [run]));
}

export function changeRun(id: string, change: Partial<Pick<KeptRun, 'name' | 'shown'>>): void {
  const { drawing, list } = runs.getState();
  const changed = list.map((run) => (run.id === id ? { ...run, ...change } : run));
  runs.setState({ list: changed });
  if (drawing !== null)
    keep(
      storage?.put(
        drawing,
        changed.filter((run) => run.id === id),
      ),
    );
}

export function removeRuns(ids: readonly string[]): void {
  const { drawing, list } = runs.getState();
  runs.setState({ list: list.filter(({ id }) => !ids.includes(id)) });
  if (drawing !== null) keep(storage?.remove(drawing, ids));
}

/** `Run 3`, as the first number that no run has. */
export function nextName(list: readonly KeptRun[]): string {
  const names = new Set(list.map(({ name }) => name));
  let number = list.length + 1;
  while (names.has(`Run ${number}`)) number++;
  return `Run ${number}`;
}

/** Keeps what the plots show now. False where nothing is trained. */
export function keepRun(editor: Editor, hub: TelemetryHub): boolean {
  const { rules, learningRate, metrics } = editor.session.getState();
  const training = hub.training.points();
  if (training.x.length === 0) return false;
  const validation = hub.validation.points();
  addRun({
    id: crypto.randomUUID(),
    name: nextName(runs.getState().list),
    time: Date.now(),
    settings: settingsOf(editor.whole.getState().document, editor.registry, learningRate),
    steps: hub.step,
    training: hub.training.last?.y ?? null,
    validation: metrics.loss ?? null,
    best: rules?.best?.value ?? null,
    curves: {
      training: { x: training.x.slice(), y: training.y.slice() },
      validation: { x: validation.x.slice(), y: validation.y.slice() },
    },
    shown: true,
  });
  return true;
}
