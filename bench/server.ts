/**
 * A static server for the peers' page and for the built app. By default it sends no cross-origin isolation headers:
 * without SharedArrayBuffer every library runs its wasm on one thread, each in the way it does that best.
 */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

export interface Server {
  readonly url: string;
  close(): void;
}

export interface Site {
  readonly root: string;
  /** Folders served under a path of their own, `/name/`. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** A script on this site that is imported ahead of every script named like a worker. */
  readonly workerPrelude?: string;
  /** Isolate pages from other origins, which gives them SharedArrayBuffer. */
  readonly isolated?: boolean;
}

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export async function serve(site: Site): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = locate(site, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    try {
      const content = await readFile(file);
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Cache-Control': 'no-store',
        ...(site.isolated ? ISOLATION : {}),
      });
      const prelude = site.workerPrelude;
      response.end(prelude && isWorkerScript(pathname) ? `import '${prelude}';\n${content}` : content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

function locate({ root, mounts = {} }: Site, pathname: string): string {
  const [, first = '', ...rest] = normalize(pathname).split('/');
  const mount = mounts[first];
  return mount === undefined ? join(root, first, ...rest) : join(mount, ...rest);
}

function isWorkerScript(path: string): boolean {
  return /worker[^/]*\.js$/i.test(path) && !/elk|count-worker/i.test(path);
}
