/**
 * Lets the app start without a network. Installed with the page's own files; the large ones (ONNX Runtime, data) follow
 * when the page says that it has time. Pages come from the network where it answers, so a new version is never hidden
 * behind the cache, and all else from the cache, because built files never change under their names.
 */

/** What the build knows; it writes this in (scripts/service-worker.ts). Addresses are relative to the worker's. */
interface Manifest {
  /** Of all files. */
  readonly version: string;
  /** What the page needs to show itself and to draw. */
  readonly shell: readonly string[];
  /** What it needs to train. */
  readonly later: readonly string[];
}

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface MessageEventFromPage extends ExtendableEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEventFromPage) => void): void;
}

declare const __MANIFEST__: Manifest;

const scope = globalThis as unknown as WorkerScope;
const manifest = __MANIFEST__;
const CACHE = `wiregrad-${manifest.version}`;
/** How long the network may take to answer for a page. */
const PATIENCE_MS = 3000;

const addressOf = (file: string) => new URL(file, scope.registration.scope).href;
const INDEX = addressOf('index.html');

/** Where the server does not isolate the page from other origins, the worker does. */
function isolated(response: Response): Response {
  if (response.headers.has('Cross-Origin-Embedder-Policy') || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Files of assets/ carry a hash of their content in their names. */
const isHashed = (address: string) => address.startsWith(addressOf('assets/'));

/** Into the cache of this version, from an older one where nothing can have changed. */
async function keep(file: string): Promise<void> {
  const address = addressOf(file);
  const cache = await caches.open(CACHE);
  if (await cache.match(address)) return;
  const old = isHashed(address) ? await caches.match(address) : undefined;
  const response = old ?? (await fetch(address, { cache: isHashed(address) ? 'default' : 'no-cache' }));
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  await cache.put(address, response);
}

async function install(): Promise<void> {
  // A few at a time, so that the page, which may be loading still, goes first.
  const files = [...manifest.shell];
  const worker = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) await keep(file);
  };
  await Promise.all([worker(), worker(), worker()]);
}

/** Takes over what older versions have of the large files, then lets go of them. */
async function activate(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const file of manifest.later.filter((each) => isHashed(addressOf(each)))) {
    const old = await caches.match(addressOf(file));
    if (old) await cache.put(addressOf(file), old);
  }
  const others = (await caches.keys()).filter((name) => name.startsWith('wiregrad-') && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function keepLater(leaveOut: readonly string[]): Promise<void> {
  for (const file of manifest.later) {
    if (leaveOut.some((part) => file.includes(part))) continue;
    await keep(file).catch(() => {});
  }
}

async function fromNetwork(request: Request): Promise<Response> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), PATIENCE_MS));
  return Promise.race([fetch(request), late]);
}

async function page(request: Request): Promise<Response> {
  const kept = () => caches.open(CACHE).then((cache) => cache.match(INDEX));
  try {
    const response = await fromNetwork(request);
    return response.status < 500 ? response : ((await kept()) ?? response);
  } catch {
    return (await kept()) ?? fetch(request);
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  if (request.headers.has('Range')) return;
  const isPage =
    request.mode === 'navigate' && [scope.registration.scope, INDEX].includes(request.url.replace(/[?#].*$/, ''));
  if (request.mode === 'navigate' && !isPage) return;
  event.respondWith((isPage ? page(request) : file(request)).then(isolated));
});
scope.addEventListener('message', (event) => {
  const {
    type,
    leaveOut = [],
    file: asked = '',
  } = event.data as {
    readonly type: string;
    readonly leaveOut?: readonly string[];
    readonly file?: string;
  };
  if (type === 'keep-later') event.waitUntil(keepLater(leaveOut).then(() => event.ports[0]?.postMessage('kept')));
  if (type === 'has-file') event.ports[0]?.postMessage(manifest.shell.includes(asked));
  if (type === 'take-over') void scope.skipWaiting();
});
