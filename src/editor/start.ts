/** Starts the page: session, scripting, autosave, and the document that the address or the last visit asks for. */

import { diagnostic } from '../compiler/diagnostics.ts';
import { TrainingClient } from '../runtime/client.ts';
import { painter } from './canvas/painter-instance.ts';
import { loadExample } from './gallery/examples.ts';
import { restore, startAutosave } from './persistence/autosave.ts';
import { openDocument, reportProblems } from './persistence/documents.ts';
import { keepReplaced } from './persistence/recent.ts';
import { provideSessionActions } from './session/actions.ts';
import { SessionController } from './session/controller.ts';
import { createScripting, type Wiregrad } from './session/scripting.ts';
import { hub } from './session/telemetry.ts';
import { editor } from './store/editor.ts';
import type { BackendChoice } from './store/types.ts';

/** What a first visit shows: small, with images, filters and curves to see, and learning within seconds. */
const FIRST_EXAMPLE = 'digits-mlp';
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

async function openExample(name: string, controller: SessionController): Promise<void> {
  const document = await loadExample(name);
  if (!document) {
    const problem = diagnostic('document/not-found', {}, { title: `There is no example “${name}”` });
    reportProblems(editor, 'document/', [problem]);
    return;
  }
  openDocument(editor, document);
  controller.start();
}

function exampleInAddress(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get('example');
}

export function startEditor(): void {
  const client = new TrainingClient();
  const controller = new SessionController({
    editor,
    client,
    hub,
    backend: backendOf(new URL(window.location.href)),
    sight: painter,
  });
  provideSessionActions(controller);

  const begin = async () => {
    const name = exampleInAddress();
    if (name) await openExample(name, controller);
    else if (!(await restore(editor))) {
      // What is wrong with the saved document, if there was one.
      const { problems } = editor.session.getState();
      await openExample(FIRST_EXAMPLE, controller);
      reportProblems(editor, 'document/', problems);
    }
    startAutosave(editor);
    void keepReplaced(editor);
    // Only now, so that what a script opens is not replaced by what the page begins with.
    window.wiregrad = createScripting(editor, controller, client);
  };
  void begin();
  window.addEventListener('hashchange', () => {
    const name = exampleInAddress();
    if (name) void openExample(name, controller);
  });
}
