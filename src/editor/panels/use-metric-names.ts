import { useShallow } from 'zustand/react/shallow';
import { useSession } from '../store/hooks.ts';

/** Metrics that the last evaluation computed, without the loss. */
export function useMetricNames(): readonly string[] {
  return useSession(useShallow((state) => Object.keys(state.metrics).filter((name) => name !== 'loss')));
}
