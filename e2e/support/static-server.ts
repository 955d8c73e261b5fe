/** A server of files, such as hosts of static pages are, that a spec can end and change. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export interface StaticServer {
  readonly address: string;
  /** Answers for a file instead of the folder. */
  readonly instead: Map<string, string>;
  stop(): Promise<void>;
}

export async function serve(folder: string, headers: Readonly<Record<string, string>> = {}): Promise<StaticServer> {
  const instead = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    const name = normalize(decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname)).replace(
      /\/$/,
      '/index.html',
    );
    const path = join(folder, name);
    const text = instead.get(name);
    const found = text !== undefined || (existsSync(path) && statSync(path).isFile());
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    response.writeHead(found ? 200 : 404, { ...headers, 'Content-Type': type, 'Cache-Control': 'no-cache' });
    if (text !== undefined) response.end(text);
    else if (found) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    instead,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
