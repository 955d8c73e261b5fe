/** Which revision of the graph the curves and metrics on show are of. */

import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';
import type { TrainingClient } from '../../runtime/client.ts';
import type { Editor } from '../store/create-editor.ts';
import { useWhole } from '../store/hooks.ts';

/** -1 while there are none. */
export const results = createStore<{ readonly revision: number }>(() => ({ revision: -1 }));

export function followResults(editor: Editor, client: Pick<TrainingClient, 'on'>): void {
  const take = () => {
    const { planRevision } = editor.session.getState();
    if (results.getState().revision !== planRevision) results.setState({ revision: planRevision });
  };
  client.on('losses', take);
  client.on('evaluation', take);
  client.on('status', ({ step, phase }) => {
    if (step === 0 && phase === 'paused') results.setState({ revision: -1 });
  });
  editor.whole.subscribe((state, previous) => {
    if (state.opened !== previous.opened) results.setState({ revision: -1 });
  });
}

/** Whether the graph was edited since the results that are shown. */
export function useResultsStale(): boolean {
  const revision = useWhole((state) => state.revision);
  return useStore(results, (state) => state.revision >= 0 && state.revision !== revision);
}
