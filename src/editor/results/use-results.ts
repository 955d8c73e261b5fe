import { useEffect, useState } from 'react';
import { editor } from '../store/editor.ts';
import { useSession, useWhole } from '../store/hooks.ts';
import { computeResults, type ResultSplit, type Results } from './results.ts';

/** While training, results are renewed at most so often, and for at most this share of the time. */
const EVERY_MS = 700;
const SHARE = 0.1;

export interface Asking {
  readonly results: Results | null;
  readonly problem: string | null;
  readonly loading: boolean;
}

/** What the model says of a split, renewed as it learns for as long as someone looks. */
export function useResults(split: ResultSplit): Asking {
  const [asking, setAsking] = useState<Asking>({ results: null, problem: null, loading: true });
  const graph = useWhole((state) => state.document.graph);
  const running = useSession((state) => state.phase === 'running');
  const step = useSession((state) => (state.phase === 'running' ? -1 : state.step));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph or moment asks again
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setAsking((before) => ({ ...before, loading: true }));
    const ask = async () => {
      const started = performance.now();
      try {
        const results = await computeResults(editor, split);
        if (current) setAsking({ results, problem: null, loading: false });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (current) setAsking({ results: null, problem, loading: false });
        return;
      }
      const took = performance.now() - started;
      if (current && running) timer = setTimeout(() => void ask(), Math.max(EVERY_MS, took / SHARE - took));
    };
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [graph, split, running, step]);
  return asking;
}
