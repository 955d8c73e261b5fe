/** Counts what a page or worker asks of WebGPU, by wrapping the prototypes every library has to call. */

import { type Counts, NO_COUNTS } from './contract.ts';

const counts: Counts = { ...NO_COUNTS };

/** The totals since the counters were installed. */
export function readCounts(): Counts {
  return { ...counts };
}

/** A scope without WebGPU counts zero; installing twice would count twice, and is refused. */
export function installCounters(): void {
  if (typeof GPUQueue === 'undefined') return;
  const scope = globalThis as { countersInstalled?: boolean };
  if (scope.countersInstalled) throw new Error('The WebGPU counters are installed already.');
  scope.countersInstalled = true;

  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => {
    counts.dispatches += 1;
  });
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => {
    counts.dispatches += 1;
  });
  before(GPUQueue.prototype, 'submit', () => {
    counts.submits += 1;
  });
  before(GPUQueue.prototype, 'writeBuffer', (_buffer, _bufferOffset, data, dataOffset, size) => {
    counts.uploads += 1;
    counts.uploadBytes += writtenBytes(data as BufferSource, dataOffset as number, size as number);
  });
  before(GPUDevice.prototype, 'createBuffer', (descriptor) => {
    const { mappedAtCreation, size } = descriptor as GPUBufferDescriptor;
    if (!mappedAtCreation) return;
    counts.uploads += 1;
    counts.uploadBytes += size;
  });
  before(GPUBuffer.prototype, 'mapAsync', () => {
    counts.readBacks += 1;
  });
  before(GPUCommandEncoder.prototype, 'copyBufferToBuffer', (...args) => {
    counts.copies += 1;
    counts.copyBytes += copiedBytes(args);
  });
}

function before(prototype: object, method: string, note: (...args: unknown[]) => void): void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[method];
  if (!original) return;
  methods[method] = function (this: unknown, ...args: unknown[]) {
    note(...args);
    return original.apply(this, args);
  };
}

/** writeBuffer counts offset and size in elements for a typed array and in bytes for an ArrayBuffer. */
function writtenBytes(data: BufferSource, offset = 0, size?: number): number {
  const unit = 'BYTES_PER_ELEMENT' in data ? (data.BYTES_PER_ELEMENT as number) : 1;
  return size === undefined ? data.byteLength - offset * unit : size * unit;
}

/** Both forms: (source, destination, size?) and (source, offset, destination, offset, size?). */
function copiedBytes(args: unknown[]): number {
  const source = args[0] as GPUBuffer;
  if (typeof args[1] !== 'number') return (args[2] as number | undefined) ?? source.size;
  return (args[4] as number | undefined) ?? source.size - args[1];
}
