/** Starts the page: session, scripting, autosave, and the document that the address or the last visit asks for. */

import { TrainingClient } from '../runtime/client.ts';
import { painter } from './canvas/painter-instance.ts';
import { ensureData, watchMissing } from './data/keeper.ts';
import { exampleNames } from './gallery/examples.ts';
import { startOffline } from './offline/register.ts';
import { joinSights, outlineSight } from './outline/sight.ts';
import { Autosave, provideAutosave } from './persistence/autosave.ts';
import { reportProblems } from './persistence/documents.ts';
import { importEarlier, newest, recallOpen } from './persistence/restore.ts';
import { DrawingStorage } from './persistence/storage.ts';
import { browserTabs } from './persistence/tabs.ts';
import { RunsStorage } from './runs/runs-storage.ts';
import { followRuns } from './runs/runs-store.ts';
import { provideSessionActions } from './session/actions.ts';
import { SessionController } from './session/controller.ts';
import { createScripting, type Wiregrad } from './session/scripting.ts';
import { hub } from './session/telemetry.ts';
import { followAddress, openAddress, openExample } from './share/address.ts';
import { startInPlace } from './start-in-place.ts';
import { wholeEditor } from './store/create-editor.ts';
import { editor } from './store/editor.ts';
import type { BackendChoice } from './store/types.ts';
import { watchSight } from './watch/follow-drawing.ts';
import { provideWeights, Weights } from './weights/weights.ts';

/** What a first visit shows: small, with images, filters and curves to see, and learning within seconds. */
const FIRST_EXAMPLE = 'digits-mlp';
/** How long a deleted drawing can be taken back at least: a day. */
const DELETED_MS = 86_400_000;
const BACKENDS: readonly string[] = ['auto', 'webgpu', 'wasm'] satisfies BackendChoice[];

declare global {
  interface Window {
    wiregrad: Wiregrad;
  }
}

function backendOf(address: URL): BackendChoice {
  const asked = address.searchParams.get('backend') ?? 'auto';
  return BACKENDS.includes(asked) ? (asked as BackendChoice) : 'auto';
}

export function startEditor(): void {
  const client = new TrainingClient();
  const controller = new SessionController({
    editor,
    client,
    hub,
    backend: backendOf(new URL(window.location.href)),
    prepareData: (plan) => ensureData(editor, plan),
    sight: joinSights(joinSights(painter, outlineSight), watchSight(editor)),
  });
  provideSessionActions(controller);
  startInPlace(editor, client, () => controller.ready());
  const weights = new Weights({
    editor,
    client,
    ready: () => controller.plan(),
    loss: () => hub.training.last?.y ?? null,
  });
  provideWeights(weights);

  const storage = new DrawingStorage();
  const autosave = new Autosave({ editor: wholeEditor(editor), storage, tabs: browserTabs });
  provideAutosave(autosave);
  followRuns(editor, new RunsStorage());
  const page = { editor: wholeEditor(editor), autosave, start: controller.start };

  /** What was kept by an earlier version, what this tab had, or what was worked on last; else an example. */
  const restore = async (earlier: string | null) => {
    const tab = recallOpen();
    const drawing = earlier ?? (tab?.name === null ? tab.id : null);
    if (drawing !== null && (await autosave.open(drawing))) return;
    if (tab && tab.name !== null && !exampleNames.includes(tab.name)) return;
    const found = tab && tab.name !== null ? null : newest(await autosave.refresh());
    if (!found || !(await autosave.open(found.id))) await openExample(page, tab?.name ?? FIRST_EXAMPLE);
  };
  const begin = async () => {
    // A browser that keeps nothing still draws and trains; autosave says so at the first edit.
    const earlier = await importEarlier(editor, storage).catch(() => null);
    const isExample = /^#example=/.test(window.location.hash);
    const isOpened = isExample && (await openAddress(page));
    autosave.start();
    if (!isOpened) {
      // What is wrong with what was kept, or with the link.
      const linked = !isExample && (await openAddress(page).catch(() => false));
      const { problems } = editor.session.getState();
      if (!linked) await restore(earlier).catch(() => openExample(page, FIRST_EXAMPLE));
      reportProblems(editor, 'document/', problems);
    }
    followAddress(page);
    watchMissing(editor);
    void autosave.forgetDeleted(DELETED_MS).catch(() => {});
    // Only now, so that what a script opens is not replaced by what the page begins with.
    window.wiregrad = createScripting(editor, controller, client, weights);
  };
  void begin();
  startOffline();
}
