/** The GPU device, which the app owns rather than ONNX Runtime, so that it can be watched and shared by sessions. */

import type { AdapterSummary } from '../protocol.ts';

/** As large as the adapter allows: a data column is one binding, and fused kernels bind more buffers than the default. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Those that ONNX Runtime has kernels for. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];

export interface Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterSummary;
}

/** null where the browser has no WebGPU, or no adapter. */
export async function requestGpu(): Promise<Gpu | null> {
  if (typeof navigator === 'undefined' || !navigator.gpu) return null;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
  });
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return { device, adapter: { vendor, architecture, description, isFallbackAdapter } };
}

/** Room for `bytes` as ONNX Runtime wants it: it copies buffers in whole 16-byte units. */
export function storageBuffer(device: GPUDevice, bytes: number): GPUBuffer {
  return device.createBuffer({
    size: Math.max(16, Math.ceil(bytes / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
}

export interface Part {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/**
 * A host buffer to collect device values in. `collect` queues the copies as of now, after all work queued so far;
 * `read` waits for them. Parts lie one after another, each 4-byte aligned.
 */
export class Staging {
  readonly #device: GPUDevice;
  readonly #buffer: GPUBuffer;
  #end = 0;

  constructor(device: GPUDevice, bytes: number) {
    this.#device = device;
    this.#buffer = device.createBuffer({
      size: Math.max(4, bytes),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  static bytesFor(parts: readonly { readonly bytes: number }[]): number {
    return parts.reduce((sum, { bytes }) => sum + aligned(bytes), 0);
  }

  collect(parts: readonly Part[]): void {
    const encoder = this.#device.createCommandEncoder();
    for (const { buffer, bytes } of parts) {
      encoder.copyBufferToBuffer(buffer, 0, this.#buffer, this.#end, aligned(bytes));
      this.#end += aligned(bytes);
    }
    this.#device.queue.submit([encoder.finish()]);
  }

  /** What was collected, and the staging buffer is free for the next round. */
  async read(): Promise<ArrayBuffer> {
    const bytes = this.#end;
    this.#end = 0;
    await this.#buffer.mapAsync(GPUMapMode.READ, 0, bytes);
    const copy = this.#buffer.getMappedRange(0, bytes).slice(0);
    this.#buffer.unmap();
    return copy;
  }

  destroy(): void {
    this.#buffer.destroy();
  }
}

export function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
