/** What the last check of gradients found. It holds for the graph that was checked. */

import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { GradientCheck, ParameterCheck } from '../../runtime/protocol.ts';
import { questions } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useWhole } from '../store/hooks.ts';

export interface CheckState {
  readonly running: boolean;
  readonly found: GradientCheck | null;
  /** Revision of the document that was checked. */
  readonly revision: number;
  readonly problem: string | null;
  /** Whether the report is open. */
  readonly open: boolean;
}

export const gradientChecks = createStore<CheckState>(() => ({
  running: false,
  found: null,
  revision: -1,
  problem: null,
  open: false,
}));

/** Checks all parameters and opens the report. */
export async function checkAllGradients(): Promise<void> {
  const { running } = gradientChecks.getState();
  gradientChecks.setState({ open: true });
  if (running) return;
  gradientChecks.setState({ running: true, problem: null });
  const { revision } = editor.whole.getState();
  try {
    const found = await questions().checkGradients();
    const problem = found ? null : 'Nothing here is minimized by changing a parameter.';
    gradientChecks.setState({ found, revision, problem });
  } catch (error) {
    gradientChecks.setState({ problem: error instanceof Error ? error.message : String(error) });
  }
  gradientChecks.setState({ running: false });
}

/** Of a parameter of the open sheet; null where it was not checked as it is. */
export function useGradientCheck(node: NodeId): ParameterCheck | null {
  const path = useDocumentState((state) => state.path);
  const revision = useWhole((state) => state.revision);
  return useStore(gradientChecks, (state) => {
    if (!state.found || state.revision !== revision) return null;
    const id = flatten(editor.whole.getState().document, editor.registry).idOf(path, node);
    return state.found.parameters.find((each) => each.node === id) ?? null;
  });
}
