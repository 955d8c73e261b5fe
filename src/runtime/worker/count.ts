/**
 * Counts what goes through WebGPU in this worker, ours and ONNX Runtime's alike, by wrapping the calls: proof that
 * parameters stay on the device. An increment a call costs nothing that can be measured.
 */

import type { Counts } from '../protocol.ts';

const ZERO = {
  dispatches: 0,
  submits: 0,
  uploads: 0,
  uploadedBytes: 0,
  uniforms: 0,
  uniformBytes: 0,
  copies: 0,
  copiedBytes: 0,
  readbacks: 0,
  readBytes: 0,
  stateUploadedBytes: 0,
  stateReadBytes: 0,
};

const counts: { -readonly [K in keyof typeof ZERO]: number } = { ...ZERO };
/** Buffers that were made and not destroyed, with what they hold. A count of what is there is never reset. */
const live = { buffers: 0, bufferBytes: 0 };
const destroyed = new WeakSet<GPUBuffer>();
const stateBuffers = new WeakSet<GPUBuffer>();

/** Bytes into or out of this buffer are counted as state too. */
export function markState(buffer: GPUBuffer): void {
  stateBuffers.add(buffer);
}

export function readCounts(): Counts {
  return { ...counts, ...live };
}

export function resetCounts(): void {
  Object.assign(counts, ZERO);
}

/** Wraps the prototypes' methods once; does nothing where there is no WebGPU. */
export function installCounters(): void {
  if (typeof GPUDevice === 'undefined') return;

  before(GPUComputePassEncoder, 'dispatchWorkgroups', () => counts.dispatches++);
  before(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', () => counts.dispatches++);
  before(GPUQueue, 'submit', () => counts.submits++);
  before(GPUQueue, 'writeBuffer', (buffer, _offset, data, dataOffset = 0, size) => {
    const element = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
    const bytes = size === undefined ? data.byteLength - dataOffset * element : size * element;
    if (buffer.usage & GPUBufferUsage.UNIFORM) {
      counts.uniforms++;
      counts.uniformBytes += bytes;
      return;
    }
    counts.uploads++;
    counts.uploadedBytes += bytes;
    if (stateBuffers.has(buffer)) counts.stateUploadedBytes += bytes;
  });
  before(GPUBuffer, 'destroy', function (this: GPUBuffer) {
    if (destroyed.has(this)) return;
    destroyed.add(this);
    live.buffers--;
    live.bufferBytes -= this.size;
  });
  before(GPUDevice, 'createBuffer', ({ size, mappedAtCreation }) => {
    live.buffers++;
    live.bufferBytes += size;
    if (!mappedAtCreation) return;
    counts.uploads++;
    counts.uploadedBytes += size;
  });
  before(GPUBuffer, 'mapAsync', function (this: GPUBuffer, mode, offset = 0, size = this.size - offset) {
    if (mode !== GPUMapMode.READ) return;
    counts.readbacks++;
    counts.readBytes += size;
  });
  // Its short form is (source, destination, size).
  before(GPUCommandEncoder, 'copyBufferToBuffer', (...args: unknown[]) => {
    const [source, , destination, , size] =
      typeof args[1] === 'number' ? args : [args[0], 0, args[1], 0, args[2] ?? (args[0] as GPUBuffer).size];
    countCopy(source as GPUBuffer, destination as GPUBuffer, size as number);
  });
}

function countCopy(source: GPUBuffer, destination: GPUBuffer, bytes: number): void {
  counts.copies++;
  counts.copiedBytes += bytes;
  if (stateBuffers.has(source) && destination.usage & GPUBufferUsage.MAP_READ) counts.stateReadBytes += bytes;
  if (stateBuffers.has(destination) && source.usage & GPUBufferUsage.MAP_WRITE) counts.stateUploadedBytes += bytes;
}

type Called<T, M extends keyof T> = T[M] extends (...args: infer A) => unknown ? A : never;

function before<T, M extends keyof T & string>(
  type: { readonly prototype: T },
  method: M,
  count: (this: T, ...args: Called<T, M>) => void,
): void {
  const original = type.prototype[method] as (...args: unknown[]) => unknown;
  const wrapped = function (this: T, ...args: Called<T, M>) {
    count.apply(this, args);
    return original.apply(this, args);
  };
  Object.defineProperty(type.prototype, method, { value: wrapped, configurable: true, writable: true });
}
