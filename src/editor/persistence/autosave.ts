/**
 * Keeps drawings in the browser while they are edited. Every edit is written at once, as what it changed, so that a tab
 * that is killed loses one edit at most; pauses make a version. A document that replaces another becomes a drawing of
 * its own. A drawing that another tab works on is never written to: edits here go into a copy.
 */
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import { saveState } from '../session/save-state.ts';
import type { Editor } from '../store/create-editor.ts';
import { changesBetween } from './changes.ts';
import { openDocument, reportProblems } from './documents.ts';
import { library } from './library.ts';
import { drawingOf, isWork, type Open, openOf, storageFull } from './open-drawing.ts';
import { rememberOpen } from './restore.ts';
import { type Drawing, type DrawingStorage, TakenOver, type Version } from './storage.ts';
import type { Tabs } from './tabs.ts';

/** Without an edit for so long, a burst of edits is over; so it is after a longer time with them. */
const PAUSE_MS = 4000;
const BURST_MS = 60_000;
/** So many edits in the journal are written as a whole drawing again. */
const JOURNAL = 200;
const RETRY_MS = 15_000;

export interface AutosaveOptions {
  readonly editor: Editor;
  readonly storage: DrawingStorage;
  readonly tabs: Tabs;
  readonly now?: () => number;
}

export class Autosave {
  readonly #editor: Editor;
  readonly #storage: DrawingStorage;
  readonly #tabs: Tabs;
  readonly #now: () => number;
  /** Tells this page from all others. */
  readonly #owner = crypto.randomUUID();
  #open: Open | null = null;
  /** The stored drawing that the next document to be opened is. */
  #opening: Open | null = null;
  /** Until the document before the open one is written. */
  #retiring: Promise<void> = Promise.resolve();
  #pause: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ editor, storage, tabs, now = Date.now }: AutosaveOptions) {
    this.#editor = editor;
    this.#storage = storage;
    this.#tabs = tabs;
    this.#now = now;
  }

  /** Starts saving, beginning with the next edit or document. The result stops it. */
  start(): () => void {
    this.#show(this.#make(this.#editor.document.getState().document));
    const unsubscribe = this.#editor.document.subscribe((state, previous) => {
      if (state.opened !== previous.opened) this.#replace(state.document);
      else if (state.document !== previous.document) this.#edit(previous.document, state.document);
    });
    const onHide = () => {
      if (window.document.visibilityState === 'hidden') this.#endBurst();
    };
    const onLeave = () => this.#leave();
    // The last chance to save as a file what the browser could not keep.
    const onUnload = (event: BeforeUnloadEvent) => {
      if (saveState.getState().value === 'failed') event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    window.document.addEventListener('visibilitychange', onHide);
    window.addEventListener('pagehide', onLeave);
    return () => {
      unsubscribe();
      this.#endBurst();
      clearTimeout(this.#retry);
      window.document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', onLeave);
      window.removeEventListener('beforeunload', onUnload);
    };
  }

  /** Everything is written, or was reported as not written. */
  async settled(): Promise<void> {
    while (this.#open?.writing) await this.#open.writing;
  }

  /**
   * Opens a drawing of the browser. `take` takes it from the tab that works on it. False where there is none that could
   * be read; what is open stays then.
   */
  async open(id: string, { take = false } = {}): Promise<boolean> {
    if (this.#open?.id === id && !take) return true;
    // The drawing may be the one that was open before, which this tab still holds.
    await this.#retiring;
    const made = this.#make(emptyDocument(), id);
    const release = await this.#tabs.claim(id, () => this.#lose(made), { take });
    const stored = await (release ? this.#storage.claim(id, this.#owner, this.#now()) : this.#storage.read(id));
    const { document = null, diagnostics = [] } = stored ? readDocument(stored.document) : {};
    if (!stored || !document) {
      release?.();
      reportProblems(this.#editor, 'document/', diagnostics);
      return false;
    }
    const { edited, opened } = stored;
    this.#opening = Object.assign(made, {
      release,
      owned: release !== null,
      elsewhere: !release,
      edited,
      opened,
      pristine: false,
    });
    openDocument(this.#editor, document, diagnostics);
    return true;
  }

  /** Opens a document as a drawing of its own; where there is one just like it, that one. */
  async openCopy(document: GraphDocument): Promise<void> {
    const text = JSON.stringify(placeMissing(document, this.#editor.registry));
    const drawings = await this.refresh().catch(() => []);
    const same = drawings.find((drawing) => JSON.stringify(drawing.document) === text);
    if (!same || !(await this.open(same.id))) openDocument(this.#editor, document);
  }

  /** Takes the open drawing from the tab that works on it. */
  async takeOver(): Promise<void> {
    if (this.#open?.elsewhere) await this.open(this.#open.id, { take: true });
  }

  /** Goes on with a copy of the open drawing. */
  copy(): void {
    const open = this.#open;
    if (open) this.#fork(open);
  }

  /** The newest drawings. */
  async refresh(): Promise<readonly Drawing[]> {
    const drawings = (await this.#storage.list()).filter(({ deleted }) => deleted === null);
    library.setState({ drawings });
    return drawings;
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#storage.change(id, (old) => ({ ...old, document: { ...old.document, name } }));
    await this.refresh();
  }

  async duplicate(id: string): Promise<void> {
    await this.settled();
    const original = await this.#storage.read(id);
    if (!original) return;
    const { document, edited } = original;
    await this.#storage.insert({
      id: crypto.randomUUID(),
      document: { ...document, name: `${document.name} (copy)` },
      edited,
      opened: 0,
      deleted: null,
    });
    await this.refresh();
  }

  /** Until `forgetDeleted` it can be taken back. The open drawing gives way to an empty canvas. */
  async delete(id: string): Promise<void> {
    if (this.#open?.id === id) {
      this.#open.deleted = true;
      await this.settled();
      openDocument(this.#editor, emptyDocument());
    }
    await this.#storage.change(id, (old) => ({ ...old, deleted: this.#now() }));
    await this.refresh();
  }

  async undelete(id: string): Promise<void> {
    await this.#storage.change(id, (old) => ({ ...old, deleted: null }));
    await this.refresh();
  }

  /** Removes for good what was deleted so long ago. */
  async forgetDeleted(age: number): Promise<void> {
    const before = this.#now() - age;
    for (const { id, deleted } of await this.#storage.list()) {
      if (deleted !== null && deleted < before) await this.#storage.remove(id);
    }
  }

  /** Of the open drawing, with its present state, newest first. */
  async versions(): Promise<readonly Version[]> {
    this.#endBurst();
    await this.settled();
    return this.#open ? this.#storage.versions(this.#open.id) : [];
  }

  /** Puts a version in the place of the present state: one edit, and the present state becomes a version. */
  restore({ document, time }: Version, label: string): void {
    const open = this.#open;
    if (!open) return;
    this.#endBurst();
    if (!open.pristine) this.#remember(open, Math.max(time + 1, this.#now()));
    this.#editor.document.apply(label, (draft) => {
      for (const key of Object.keys(draft)) if (!(key in document)) Reflect.deleteProperty(draft, key);
      Object.assign(draft, structuredClone(document));
    });
    this.#editor.view.fit();
  }

  #make(document: GraphDocument, id?: string): Open {
    return openOf(document, this.#now(), id);
  }

  #show(open: Open): void {
    this.#open = open;
    library.setState({ open: open.id, elsewhere: open.elsewhere, copyOf: null });
    saveState.setState({ value: 'saved' });
  }

  #replace(document: GraphDocument): void {
    const old = this.#open;
    const next = this.#opening ?? this.#make(document);
    this.#opening = null;
    next.latest = document;
    if (next.pristine) void this.#begin(next);
    else next.stored = document;
    if (old) this.#retiring = this.#retire(old);
    this.#show(next);
    rememberOpen({ id: next.id, name: next.pristine ? document.name : null });
  }

  /** Stores a document that came from elsewhere, if it is more than an example. */
  async #begin(open: Open): Promise<void> {
    if (!(await isWork(open.latest)) || !open.pristine) return;
    this.#adopt(open);
    await this.#write(open);
  }

  /** Makes it a drawing. */
  #adopt(open: Open): void {
    if (!open.pristine) return;
    open.pristine = false;
    if (open === this.#open) rememberOpen({ id: open.id, name: null });
  }

  async #retire(open: Open): Promise<void> {
    this.#endBurst(open);
    await this.#write(open);
    this.#letGo(open);
    await this.refresh().catch(() => {});
  }

  /** A drawing with edits that could not be written stays with this tab. */
  #letGo(open: Open): void {
    if (open === this.#open || (!open.pristine && open.stored !== open.latest)) return;
    open.release?.();
    open.release = null;
  }

  /** The page is left: what is on its way may not arrive, so it is sent again at once. */
  #leave(): void {
    const open = this.#open;
    this.#endBurst();
    if (open?.writing && !open.elsewhere) this.#storage.saveAtOnce(drawingOf(open), this.#owner);
  }

  #edit(before: GraphDocument, document: GraphDocument): void {
    const open = this.#open;
    if (!open) return;
    open.latest = document;
    if (open.elsewhere) {
      this.#fork(open);
      return;
    }
    open.edited = this.#now();
    this.#adopt(open);
    if (open.burst === null) {
      open.burst = open.edited;
      const isKept = before === open.versioned || Object.keys(before.graph.nodes).length === 0;
      if (!isKept) open.versions.push({ time: open.edited - 1, document: before });
    }
    clearTimeout(this.#pause);
    if (open.edited - open.burst > BURST_MS) this.#endBurst(open);
    else this.#pause = setTimeout(() => this.#endBurst(open), PAUSE_MS);
    void this.#write(open);
  }

  #endBurst(open = this.#open): void {
    if (!open || open.burst === null) return;
    open.burst = null;
    this.#remember(open, this.#now());
    void this.#write(open);
  }

  #remember(open: Open, time: number): void {
    if (open.versioned === open.latest) return;
    open.versioned = open.latest;
    open.versions.push({ time, document: open.latest });
  }

  /** Writes until there is nothing more to write, one thing after another. */
  #write(open: Open): Promise<void> {
    if (open.pristine || open.elsewhere) return Promise.resolve();
    if (open.stored !== open.latest || open.versions.length > 0) this.#tell(open, 'saving');
    open.writing ??= this.#drain(open).finally(() => {
      open.writing = null;
    });
    return open.writing;
  }

  async #drain(open: Open): Promise<void> {
    while (!open.elsewhere && (open.stored !== open.latest || open.versions.length > 0)) {
      const { latest } = open;
      try {
        await this.#writeOnce(open, latest);
        open.stored = latest;
        reportProblems(this.#editor, 'storage/', []);
      } catch (error) {
        if (error instanceof TakenOver) return this.#lose(open);
        this.#tell(open, 'failed');
        reportProblems(this.#editor, 'storage/', [storageFull(error)]);
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => void this.#write(open), RETRY_MS);
        return;
      }
    }
    this.#tell(open, 'saved');
    this.#letGo(open);
  }

  /** Of a new drawing, whose id nobody else knows yet. */
  #hold(open: Open): void {
    const held = this.#tabs.claim(open.id, () => this.#lose(open)).catch(() => null);
    open.release = () => void held.then((release) => release?.());
  }

  async #writeOnce(open: Open, latest: GraphDocument): Promise<void> {
    const { id, stored, edited } = open;
    // More may be added while these are written.
    const versions = [...open.versions];
    if (stored && versions.length === 0 && open.edits < JOURNAL) {
      await this.#storage.append(id, this.#owner, open.edits, changesBetween(stored, latest), edited);
      open.edits++;
      return;
    }
    if (!open.release) this.#hold(open);
    const claim = !open.owned;
    await this.#storage.save(drawingOf(open), this.#owner, { versions, claim, now: this.#now() });
    open.owned = true;
    open.versions.splice(0, versions.length);
    open.edits = 0;
  }

  /** Another tab works on the drawing now. What it does not have becomes a copy. */
  #lose(open: Open): void {
    if (open.elsewhere) return;
    const isBehind = open.stored !== open.latest;
    open.elsewhere = true;
    open.release = null;
    if (open !== this.#open) return;
    library.setState({ elsewhere: true });
    if (isBehind) this.#fork(open);
  }

  #fork(open: Open): void {
    const { name } = open.latest;
    const copy = Object.assign(this.#make(open.latest), { pristine: false });
    this.#open = copy;
    library.setState({ open: copy.id, elsewhere: false, copyOf: name });
    rememberOpen({ id: copy.id, name: null });
    // Not within the change that led here: listeners get one change after another.
    queueMicrotask(() => {
      if (this.#open !== copy) return;
      const rename = (draft: { name: string }) => {
        draft.name = `${name} (copy)`;
      };
      this.#editor.document.apply('Copy', rename, 'ignore');
    });
  }

  #tell(open: Open, value: 'saving' | 'saved' | 'failed'): void {
    if (open === this.#open) saveState.setState({ value });
  }
}

let provided: Autosave | null = null;

export function provideAutosave(autosave: Autosave): void {
  provided = autosave;
}

/** The one of the page. */
export function autosave(): Autosave {
  if (!provided) throw new Error('provideAutosave was not called');
  return provided;
}
