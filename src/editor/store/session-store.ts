import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SessionState } from './types.ts';

export interface SessionStore extends Pick<StoreApi<SessionState>, 'getState' | 'getInitialState' | 'subscribe'> {
  set(part: Partial<SessionState>): void;
}

const INITIAL: SessionState = {
  phase: 'idle',
  choice: 'auto',
  backend: null,
  reason: '',
  adapter: '',
  step: 0,
  epoch: 0,
  stepsPerEpoch: 1,
  until: null,
  rules: null,
  loss: null,
  stepsPerSecond: null,
  learningRate: null,
  stepRate: null,
  pace: 60,
  metrics: {},
  problems: [],
  derived: { nodes: [], edges: [] },
  planRevision: -1,
};

export function createSessionStore(): SessionStore {
  const store = createStore<SessionState>(() => INITIAL);
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    set: (part) => store.setState(part),
  };
}
