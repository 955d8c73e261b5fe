/** The page's side of the service worker: installs it, tells it when there is time, and hears of new versions. */
import { createStore } from 'zustand/vanilla';

export interface Update {
  /** Loads the page again with the new version. */
  readonly apply: () => void;
}

/** The new version that waits; null where there is none. */
export const updates = createStore<{ readonly waiting: Update | null }>(() => ({ waiting: null }));

/** The page goes first: what it is for is to train. */
const QUIET_MS = 4000;
const LOOK_MS = 3_600_000;

/** Builds of ONNX Runtime that this browser never asks for (runtime/worker/ort.ts says which it does). */
function unused(): readonly string[] {
  const webgpu = 'gpu' in navigator;
  const suspends = 'Suspending' in WebAssembly;
  return [...(webgpu && suspends ? [] : ['.jspi']), ...(webgpu && !suspends ? [] : ['.asyncify', 'ort.webgpu'])];
}

function ask(worker: ServiceWorker, message: object): Promise<unknown> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(message, [port2]);
  });
}

/** The script of this page, as the worker's list has it. */
function ownScript(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script ? new URL(script.src).href.slice(new URL('./', document.baseURI).href.length) : '';
}

/** A worker of the version that is shown takes over unnoticed; another is offered. */
async function offer(worker: ServiceWorker): Promise<void> {
  const takeOver = () => worker.postMessage({ type: 'take-over' });
  if (await ask(worker, { type: 'has-file', file: ownScript() })) return takeOver();
  const apply = () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true });
    takeOver();
  };
  updates.setState({ waiting: { apply } });
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = () => {
    const { installing, waiting } = registration;
    if (waiting && registration.active) void offer(waiting);
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && registration.active) void offer(installing);
    });
  };
  registration.addEventListener('updatefound', look);
  look();
  setInterval(() => void registration.update().catch(() => {}), LOOK_MS);
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI));
  watch(registration);
  const { active } = await navigator.serviceWorker.ready;
  if (active) await ask(active, { type: 'keep-later', leaveOut: unused() });
  document.documentElement.dataset.offline = 'ready';
}

/** Only in builds: while one develops, a cache is in the way. */
export function startOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const begin = () =>
    setTimeout(() => {
      // Browsers forbid it on some addresses; the app does without.
      void register().catch(() => {});
    }, QUIET_MS);
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, { once: true });
}
