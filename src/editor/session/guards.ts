/** Keeps the breakpoints of the worker those of the document. */
import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { compileGuard, type GuardRequest } from '../../compiler/questions/guard.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { Editor } from '../store/create-editor.ts';

/** Those that are not switched off, in flat ids. */
function requestsOf(document: GraphDocument, editor: Editor): GuardRequest[] {
  const flat = flatten(document, editor.registry);
  return Object.entries(document.layout.breakpoints ?? {}).flatMap(([id, { when, at, path = [], limit, disabled }]) =>
    disabled
      ? []
      : [{ id, when, limit: limit ?? 0, at: at ? { node: flat.idOf(path, at.node), port: at.port } : null }],
  );
}

export class Guards {
  readonly #editor: Editor;
  readonly #client: Pick<TrainingClient, 'setBreakpoints'>;
  /** What the worker was told of; null while it has no graph. */
  #sent: string | null = null;

  constructor(editor: Editor, client: Pick<TrainingClient, 'setBreakpoints'>) {
    this.#editor = editor;
    this.#client = client;
    editor.whole.subscribe((state, previous) => {
      if (state.document.layout.breakpoints === previous.document.layout.breakpoints || this.#sent === null) return;
      // An edited graph is loaded first, and the breakpoints with it.
      if (state.document.graph === previous.document.graph) void this.#send().catch(() => {});
    });
  }

  /** A graph was loaded, which has no breakpoints yet. */
  renew(): Promise<void> {
    this.#sent = '[]';
    return this.#send();
  }

  async #send(): Promise<void> {
    const { document } = this.#editor.whole.getState();
    const requests = requestsOf(document, this.#editor);
    const key = JSON.stringify(requests);
    if (key === this.#sent) return;
    this.#sent = key;
    const plan = requests.length > 0 ? compileGuard(document, this.#editor.registry, requests) : null;
    await this.#client.setBreakpoints(plan && plan.conditions.length > 0 ? plan : null);
  }
}
