import type { Request } from '../protocol.ts';
import { installCounters } from './count.ts';
import { openDoor } from './door.ts';

// Before ONNX Runtime takes hold of anything of WebGPU.
installCounters();

const receive = openDoor((message) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<Request>) => receive(data);
