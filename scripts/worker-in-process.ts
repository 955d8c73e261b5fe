/** The real worker's code behind a fake Worker, which clones messages and can be broken. For tests in Node. */
import { readFile } from 'node:fs/promises';
import type { WorkerLike } from '../src/runtime/client.ts';
import type { Request } from '../src/runtime/protocol.ts';
import { openDoor } from '../src/runtime/worker/door.ts';

export class WorkerInProcess implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  terminated = false;
  readonly #receive = openDoor(
    (message) => this.#later(() => this.onmessage?.({ data: structuredClone(message) } as MessageEvent)),
    (path) => readFile(`public/${path}`),
  );

  #later(action: () => void): void {
    setImmediate(() => {
      if (!this.terminated) action();
    });
  }

  postMessage(message: unknown): void {
    const request = structuredClone(message) as Request;
    this.#later(() => void this.#receive(request));
  }

  terminate(): void {
    this.terminated = true;
    void this.#receive({ id: 0, method: 'pause', args: [] });
  }
}
