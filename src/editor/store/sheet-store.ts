/** The sheet that is open, as a store like that of the whole document: what works on one works on the other. */
import { createStore } from 'zustand/vanilla';
import type { GraphDocument } from '../../compiler/document.ts';
import type { FlatDocument } from '../../compiler/flatten.ts';
import type { CheckResult } from '../../compiler/result.ts';
import type { DocumentDraft, DocumentStore } from './document-store.ts';
import { followPorts, portNames } from './module-ports.ts';
import { reconcileCheck } from './reconcile.ts';
import { definitionsAlong, type Path, samePath, sheetCheck, sheetDraft, sheetOf } from './sheets.ts';
import type { DocumentState } from './types.ts';
import { asIfUsed, checkAsIfUsed } from './unused-module.ts';

export interface SheetStore extends DocumentStore {
  /** Opens the sheet inside of these instances, as far as there are any; none is the drawing itself. */
  open(path: Path): void;
}

interface SheetCompiler {
  readonly flatten: (document: GraphDocument) => FlatDocument;
  readonly check: (document: GraphDocument) => CheckResult;
}

export function createSheetStore(whole: DocumentStore, { flatten, check: checkOf }: SheetCompiler): SheetStore {
  function view(state: DocumentState, wanted: Path): DocumentState {
    const definitions = definitionsAlong(state.document, wanted);
    const path = wanted.slice(0, definitions.length);
    const document = sheetOf(state.document, definitions.at(-1));
    const unused = asIfUsed(state.document, path);
    const check = unused ? checkAsIfUsed(unused, checkOf) : state.check;
    return { ...state, document, path, check: sheetCheck(check, flatten(unused ?? state.document), path, document) };
  }

  const store = createStore<DocumentState>(() => view(whole.getState(), []));

  function show(path: Path, checked: boolean) {
    const before = store.getState();
    const after = view(whole.getState(), path);
    const isSame = samePath(before.path, after.path);
    store.setState({
      ...after,
      path: isSame ? before.path : after.path,
      check:
        isSame && !checked && !asIfUsed(whole.getState().document, path)
          ? before.check
          : reconcileCheck(before.check, after.check),
    });
  }

  whole.subscribe((state, previous) => {
    show(state.opened === previous.opened ? store.getState().path : [], state.check !== previous.check);
  });

  return {
    ...whole,
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    apply(label, recipe, policy) {
      const { path } = store.getState();
      const module = definitionsAlong(whole.getState().document, path).at(-1)?.id;
      const change = (draft: DocumentDraft) => {
        const before = module === undefined ? null : portNames(draft, module);
        recipe(sheetDraft(draft, module));
        if (module !== undefined && before) followPorts(draft, module, before);
      };
      whole.apply(label, change, policy);
    },
    open(path) {
      if (!samePath(path, store.getState().path)) show(path, true);
    },
  };
}
