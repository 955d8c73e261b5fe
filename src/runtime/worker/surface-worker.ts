/** One surface in a worker of its own: whoever wants it no more ends the worker. */
import type { SurfaceReply, SurfaceRequest } from '../surface.ts';
import { sweep } from './surface.ts';

const post = (reply: SurfaceReply) => self.postMessage(reply);

self.onmessage = ({ data }: MessageEvent<SurfaceRequest>) => {
  sweep(data, (line, losses) => post({ line, losses })).catch((error: unknown) =>
    post({ error: error instanceof Error ? error.message : String(error) }),
  );
};
