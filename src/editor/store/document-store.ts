/**
 * The document and its history. `apply` is the only door for edits; nothing else may change a document, and nothing but
 * documents is undoable.
 */
import { applyPatches, type Draft, enablePatches, produceWithPatches } from 'immer';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import type { CheckResult } from '../../compiler/result.ts';
import { EMPTY_HISTORY, type History, joinSteps, pushStep, type Step } from './history.ts';
import { reconcileCheck } from './reconcile.ts';
import type { DocumentState, HistoryPolicy } from './types.ts';

enablePatches();

export type DocumentDraft = Draft<GraphDocument>;
export type Recipe = (draft: DocumentDraft) => void;

export interface DocumentStore extends Pick<StoreApi<DocumentState>, 'getState' | 'getInitialState' | 'subscribe'> {
  /** Edits the document. An edit that changes nothing leaves no trace. */
  apply(label: string, recipe: Recipe, policy?: HistoryPolicy): void;
  /** Until `endGesture`, edits are shown but make one step only. A gesture that is still open is ended first. */
  beginGesture(label: string): void;
  endGesture(): void;
  /** Takes back what the gesture did. */
  cancelGesture(): void;
  undo(): void;
  redo(): void;
  /** Opens another document with a history of its own. */
  load(document: GraphDocument): void;
}

export interface DocumentStoreOptions {
  readonly check: (document: GraphDocument) => CheckResult;
  readonly document?: GraphDocument;
  /** Milliseconds. */
  readonly now?: () => number;
}

export function createDocumentStore(options: DocumentStoreOptions): DocumentStore {
  const { check, now = () => performance.now() } = options;
  const first = options.document ?? emptyDocument();
  const store = createStore<DocumentState>(() => ({
    document: first,
    path: [],
    check: check(first),
    revision: 0,
    opened: 0,
    undoLabel: null,
    redoLabel: null,
  }));
  let history: History = EMPTY_HISTORY;
  /** The edits of the open gesture; null while it has none. */
  let gesture: { readonly label: string; step: Step | null } | null = null;

  function show(document: GraphDocument, opened = store.getState().opened) {
    const state = store.getState();
    const graphChanged = document.graph !== state.document.graph;
    store.setState({
      document,
      check: graphChanged ? reconcileCheck(state.check, check(document)) : state.check,
      revision: graphChanged ? state.revision + 1 : state.revision,
      opened,
      undoLabel: history.past.at(-1)?.label ?? null,
      redoLabel: history.future.at(-1)?.label ?? null,
    });
  }

  function apply(label: string, recipe: Recipe, policy: HistoryPolicy = 'record') {
    const before = store.getState().document;
    const [after, patches, inverse] = produceWithPatches(before, (draft) => {
      recipe(draft);
    });
    if (patches.length === 0) return;
    const step: Step = { label, patches, inverse, time: now(), open: policy === 'merge' };
    if (policy !== 'ignore') {
      if (gesture) gesture.step = gesture.step ? joinSteps(gesture.step, step) : { ...step, label: gesture.label };
      else history = pushStep(history, step);
    }
    show(after);
  }

  function endGesture() {
    const step = gesture?.step;
    gesture = null;
    if (!step) return;
    history = pushStep(history, { ...step, open: false });
    show(store.getState().document);
  }

  function cancelGesture() {
    const step = gesture?.step;
    gesture = null;
    if (step) show(applyPatches(store.getState().document, step.inverse));
  }

  function undo() {
    endGesture();
    const step = history.past.at(-1);
    if (!step) return;
    history = { past: history.past.slice(0, -1), future: [...history.future, step] };
    show(applyPatches(store.getState().document, step.inverse));
  }

  function redo() {
    endGesture();
    const step = history.future.at(-1);
    if (!step) return;
    // Typing after a redo starts a step of its own.
    history = { past: [...history.past, { ...step, open: false }], future: history.future.slice(0, -1) };
    show(applyPatches(store.getState().document, step.patches));
  }

  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    apply,
    beginGesture(label) {
      endGesture();
      gesture = { label, step: null };
    },
    endGesture,
    cancelGesture,
    undo,
    redo,
    load(document) {
      gesture = null;
      history = EMPTY_HISTORY;
      show(document, store.getState().opened + 1);
    },
  };
}
