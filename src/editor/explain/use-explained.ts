import { useEffect, useState } from 'react';
import { partOf } from '../../compiler/questions/pack.ts';
import { type Explained, questions } from '../session/questions.ts';
import { useSession, useWhole } from '../store/hooks.ts';
import { largestOf } from './elements.ts';
import type { Explaining } from './explain-store.ts';
import { valueKey } from './paths.ts';

export interface Answer {
  readonly explained: Explained | null;
  /** The element of the step's input that is looked at. */
  readonly element: number;
  readonly problem: string | null;
  readonly loading: boolean;
}

const NOTHING: Answer = { explained: null, element: 0, problem: null, loading: true };

/** Asks for the chosen element, or first for all numbers and then for the largest of them. */
async function ask({ path, at, elements }: Explaining): Promise<Omit<Answer, 'loading'>> {
  const value = path[at];
  const chosen = value && elements[valueKey(value)];
  if (chosen !== undefined) {
    return { explained: await questions().explain({ path, at, element: chosen }), element: chosen, problem: null };
  }
  const first = await questions().explain({ path, at, element: 0 });
  const gradient = first?.step?.contribution ?? first?.step?.inputGradient;
  const element = first && gradient ? largestOf(partOf(first.numbers, gradient)) : 0;
  const explained = element === 0 ? first : await questions().explain({ path, at, element });
  return { explained, element, problem: null };
}

/** The numbers of a step, asked for anew when the step, the graph or, while paused, training has moved. */
export function useExplained(now: Explaining, times: number): Answer {
  const [answer, setAnswer] = useState(NOTHING);
  const graph = useWhole((state) => state.document.graph);
  const moment = useSession((state) =>
    state.phase === 'running' || state.phase === 'loading' ? 'running' : state.step,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new graph, moment or request to refresh asks again
  useEffect(() => {
    let current = true;
    setAnswer((before) => ({ ...before, loading: true }));
    ask(now)
      .catch((error: Error) => ({ explained: null, element: 0, problem: error.message }))
      .then((found) => current && setAnswer({ ...found, loading: false }));
    return () => {
      current = false;
    };
  }, [now, graph, moment, times]);
  return answer;
}
