/**
 * What components read of the editor. Each hook re-renders only when its own answer changes; lists are compared item by
 * item, and the items keep their identity across checks (reconcile.ts). Never select `graph.nodes` or `graph.edges`
 * whole: every edit changes them.
 */
import { useMemo } from 'react';
import { useStore } from 'zustand/react';
import { useShallow } from 'zustand/react/shallow';
import { createStore } from 'zustand/vanilla';
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { DocumentEdge, DocumentNode, GraphDocument, NodeId, TrainingOptions } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Badge, OpRecord } from '../../compiler/op.ts';
import { portKey } from '../../compiler/result.ts';
import type { TensorType } from '../../compiler/types.ts';
import { editor } from './editor.ts';
import { gradientName } from './gradient-names.ts';
import { inputPorts, outputPorts, wiresOf } from './graph-index.ts';
import { type Highlight, highlightOf } from './highlight.ts';
import { problemsOfSheet } from './runtime-problems.ts';
import { highlightOfPath, tracedPath } from './traced-path.ts';
import type { DocumentState, SessionState, UiState } from './types.ts';

export function useDocumentState<T>(selector: (state: DocumentState) => T): T {
  return useStore(editor.document, selector);
}

/** Of the whole document, whatever sheet is open. */
export function useWhole<T>(selector: (state: DocumentState) => T): T {
  return useStore(editor.whole, selector);
}

/** All nodes of the document, those inside of modules too, by their flat ids. */
export function useFlatNodes(): GraphDocument['graph']['nodes'] {
  return useWhole((state) => flatten(state.document, editor.registry).document.graph.nodes);
}

export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(editor.ui, selector);
}

export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(editor.session, selector);
}

export function useNode(id: NodeId): DocumentNode | undefined {
  return useDocumentState((state) => state.document.graph.nodes[id]);
}

/** The operator of a node; undefined where this version does not know it. */
export function useRecord(id: NodeId): OpRecord | undefined {
  return useDocumentState((state) => editor.registry.get(state.document.graph.nodes[id]?.op ?? ''));
}

/** The wires that end at the node. */
export function useIncoming(id: NodeId): readonly DocumentEdge[] {
  return useDocumentState(useShallow((state) => wiresOf(state.document.graph.edges, id).incoming));
}

export function useInputPorts(id: NodeId): readonly string[] {
  const record = useRecord(id);
  return useDocumentState(useShallow((state) => inputPorts(record, wiresOf(state.document.graph.edges, id))));
}

export function useOutputPorts(id: NodeId): readonly string[] {
  const record = useRecord(id);
  return useDocumentState(useShallow((state) => outputPorts(record, wiresOf(state.document.graph.edges, id))));
}

/** Type of an output port. */
export function usePortType(node: NodeId, port: string): TensorType | undefined {
  return useDocumentState((state) => state.check.types.get(portKey(node, port)));
}

/** What an output of a node that differentiates is called: `dloss/dW1`; null for other outputs. */
export function useGradientName(node: NodeId, port: string): string | null {
  return useDocumentState((state) => gradientName(state.document.graph, editor.registry, { node, port }));
}

/** The name of the cost that is minimized. */
export function useCostName(): string | undefined {
  const nodes = useFlatNodes();
  return useWhole((state) => nodes[state.check.cost ?? '']?.name);
}

/** What happens at a node without being drawn. */
export function useBadges(id: NodeId): readonly Badge[] {
  return useDocumentState(useShallow((state) => state.check.badges.get(id) ?? NO_BADGES));
}

export function useBlocked(id: NodeId): boolean {
  return useDocumentState((state) => state.check.blocked.has(id));
}

/** Of the compiler and of the runtime, errors first. */
export function useDiagnosticsOf(id: NodeId): readonly Diagnostic[] {
  const compiler = useDocumentState(useShallow((state) => ofNode(state.check.diagnostics, id)));
  const runtime = useSession(useShallow((state) => ofNode(problemsOfSheet(editor, state.problems), id)));
  return useMemo(() => bySeverity([...compiler, ...runtime]), [compiler, runtime]);
}

/** Of the whole document, with flat ids. */
export function useDiagnostics(): readonly Diagnostic[] {
  const compiler = useWhole((state) => state.check.diagnostics);
  const runtime = useSession((state) => state.problems);
  return useMemo(() => bySeverity([...compiler, ...runtime]), [compiler, runtime]);
}

export function useTraining(): TrainingOptions {
  return useDocumentState((state) => state.document.graph.training);
}

/** The document changed since the running plan was compiled, so what is shown is of an older one. */
export function useStale(): boolean {
  const revision = useDocumentState((state) => state.revision);
  return useSession((state) => state.planRevision >= 0 && state.planRevision !== revision);
}

const SEVERITY = { error: 0, warning: 1, notice: 2 } as const;

function bySeverity(list: readonly Diagnostic[]): readonly Diagnostic[] {
  return list.toSorted((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity]);
}

const byNode = new WeakMap<readonly Diagnostic[], ReadonlyMap<NodeId, readonly Diagnostic[]>>();
const NONE: readonly Diagnostic[] = [];
const NO_BADGES: readonly Badge[] = [];

function ofNode(list: readonly Diagnostic[], id: NodeId): readonly Diagnostic[] {
  let index = byNode.get(list);
  if (!index) {
    const entries = new Map<NodeId, Diagnostic[]>();
    for (const item of list) {
      const node = item.place.node;
      if (node === undefined) continue;
      entries.set(node, [...(entries.get(node) ?? []), item]);
    }
    index = entries;
    byNode.set(list, index);
  }
  return index.get(id) ?? NONE;
}

type Question = readonly [...Parameters<typeof highlightOf>, traced: readonly NodeId[] | null, at: NodeId | null];

let asked: { readonly question: Question; readonly answer: Highlight | null } | null = null;

/** The answer is kept until it may be another. */
function current(): Highlight | null {
  const { problem, selection } = editor.ui.getState();
  const { path, at } = tracedPath.getState();
  const { diagnostics } = editor.document.getState().check;
  const question: Question = [diagnostics, problem, selection.nodes, path, at];
  if (!asked?.question.every((part, index) => part === question[index])) {
    asked = { question, answer: path ? highlightOfPath(path, at) : highlightOf(diagnostics, problem, selection.nodes) };
  }
  return asked.answer;
}

const highlight = createStore<{ readonly now: Highlight | null }>(() => ({ now: current() }));

function follow() {
  const now = current();
  if (now !== highlight.getState().now) highlight.setState({ now });
}

// Once for all, because there may be thousands who ask.
for (const source of [editor.ui, editor.document, tracedPath]) source.subscribe(follow);

/** What a node or a wire has to do with the highlighted path. */
export function useHighlight<T extends string | boolean | null>(select: (highlight: Highlight | null) => T): T {
  return useStore(highlight, ({ now }) => select(now));
}
