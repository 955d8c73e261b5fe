/** The state of one editor, without the page around it: tests make as many as they like. */
import type { DocumentDatasets } from '../../compiler/datasets.ts';
import type { DocumentEdge, DocumentNode, GraphDocument, NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Registry } from '../../compiler/op.ts';
import type { CheckResult } from '../../compiler/result.ts';
import type { CarriedModules } from '../modules/carry.ts';
import { type CanvasStore, createCanvasStore } from './canvas-store.ts';
import { documentRegistry } from './document-registry.ts';
import { createDocumentStore, type DocumentStore } from './document-store.ts';
import { createKeyBindings, type KeyBindings } from './key-bindings.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { createSheetStore, type SheetStore } from './sheet-store.ts';
import type { UiState } from './types.ts';
import { createUiStore, type KeyValueStorage, type UiStore } from './ui-store.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Look extends Point {
  readonly zoom: number;
}

/** What commands need of the canvas. Until a canvas is mounted nothing moves. */
export interface View {
  /** Shows these nodes, or everything. */
  fit(nodes?: readonly NodeId[]): void;
  zoomBy(factor: number): void;
  /** The canvas point in the middle of what is visible. */
  center(): Point;
  /** From page pixels to canvas pixels. */
  toCanvas(point: Point): Point;
  /** From canvas pixels to page pixels. */
  toPage(point: Point): Point;
  /** The canvas point under the pointer; null while it is elsewhere. */
  cursor(): Point | null;
  /** What is seen: the canvas point in the middle, and the scale. */
  look(): Look;
  /** At once where something is dragged, else gliding. */
  lookAt(look: Look, atOnce?: boolean): void;
  /** Opens the menu of what is selected, or of the canvas. */
  openMenu(selection: UiState['selection']): void;
  /** Moves the keyboard to the search in the graph. */
  focusFind(): void;
  /** Shows nodes on their way from these places to where the document has them. */
  glide(from: Readonly<Record<NodeId, Point>>): void;
  /** Moves the keyboard to the canvas, or to a node on it. */
  focus(node?: NodeId): void;
  /** Moves the keyboard to the next or the previous port of the node that has it, or of the selected one. */
  focusPort(step: 1 | -1): void;
}

/** Copied nodes with the wires among them and into them. */
export interface Fragment {
  /** Definitions of its instances, for other documents. */
  readonly modules?: CarriedModules;
  /** Data sets that its nodes read, for other documents. */
  readonly datasets?: DocumentDatasets;
  readonly nodes: readonly (DocumentNode & Point)[];
  readonly edges: readonly DocumentEdge[];
}

export interface Editor {
  /** The operators of the language, and the modules of the document. */
  readonly registry: Registry;
  /** The sheet that is open: the drawing, or the inside of a module. */
  readonly document: SheetStore;
  /** The whole document, for what is saved, compiled and trained. */
  readonly whole: DocumentStore;
  readonly ui: UiStore;
  readonly session: SessionStore;
  readonly canvas: CanvasStore;
  readonly keys: KeyBindings;
  /** Set by the canvas while it is mounted. */
  view: View;
  clipboard: Fragment | null;
}

export interface EditorOptions {
  readonly registry: Registry;
  readonly check: (document: GraphDocument, registry: Registry) => CheckResult;
  readonly document?: GraphDocument;
  readonly storage?: KeyValueStorage | null;
  readonly now?: () => number;
}

export const NO_VIEW: View = {
  fit: () => {},
  zoomBy: () => {},
  center: () => ({ x: 0, y: 0 }),
  toCanvas: (point) => point,
  toPage: (point) => point,
  cursor: () => null,
  look: () => ({ x: 0, y: 0, zoom: 1 }),
  lookAt: () => {},
  glide: () => {},
  focusFind: () => {},
  openMenu: () => {},
  focus: () => {},
  focusPort: () => {},
};

/** Forgets selected and connecting nodes that the document no longer has. */
function pruneUi(ui: UiStore, { graph }: GraphDocument) {
  const { selection, connecting, renaming } = ui.getState();
  const nodes = selection.nodes.filter((id) => graph.nodes[id]);
  const edges = selection.edges.filter((id) => graph.edges[id]);
  if (nodes.length < selection.nodes.length || edges.length < selection.edges.length) ui.select(nodes, edges);
  if (connecting && !graph.nodes[connecting.node]) ui.set({ connecting: null });
  if (renaming && !graph.nodes[renaming]) ui.set({ renaming: null });
}

export function createEditor({ registry: language, check, document: first, storage, now }: EditorOptions): Editor {
  const whole = createDocumentStore({ check: (value) => check(value, language), document: first, now });
  const registry = documentRegistry(language, () => whole.getState().document);
  const document = createSheetStore(whole, {
    flatten: (value) => flatten(value, language),
    check: (value) => check(value, language),
  });
  const ui = createUiStore(storage);
  document.subscribe((state, previous) => {
    if (state.document.graph !== previous.document.graph) pruneUi(ui, state.document);
  });
  const canvas = createCanvasStore(storage);
  const keys = createKeyBindings(storage);
  const session = createSessionStore();
  return { registry, document, whole, ui, session, canvas, keys, view: NO_VIEW, clipboard: null };
}

/** The same editor for what concerns the document as a whole, whatever sheet is open: saving and sharing. */
export function wholeEditor(editor: Editor): Editor {
  return Object.create(editor, {
    document: { value: { ...editor.whole, open: editor.document.open }, enumerable: true },
  }) as Editor;
}
