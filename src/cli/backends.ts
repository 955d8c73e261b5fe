import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { TensorProto_DataLocation as DataLocation, ModelProtoSchema } from '../compiler/onnx/onnx_pb.ts';
import type { OpenSession } from '../runtime/worker/backend.ts';
import { openSession } from '../runtime/worker/backend.ts';
import { loadOrt, type OrtModule } from '../runtime/worker/ort.ts';
import { WasmSession } from '../runtime/worker/wasm-session.ts';
import { CommandError } from './files.ts';

export const BACKENDS = ['wasm', 'native'] as const;
export type CommandBackend = (typeof BACKENDS)[number];

interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

interface Options {
  readonly externalData?: readonly ExternalData[];
  readonly executionProviders?: unknown;
}

/** The model with the values inside that it takes from files. */
function embedded(bytes: Uint8Array, files: readonly ExternalData[]): Uint8Array {
  if (files.length === 0) return bytes;
  const model = fromBinary(ModelProtoSchema, bytes);
  for (const tensor of model.graph?.initializer ?? []) {
    const path = tensor.externalData.find(({ key }) => key === 'location')?.value;
    const file = files.find((each) => each.path === path);
    if (!file) continue;
    tensor.rawData = file.data;
    tensor.externalData = [];
    tensor.dataLocation = DataLocation.DEFAULT;
  }
  return toBinary(ModelProtoSchema, model);
}

async function loadNative(): Promise<OrtModule> {
  let ort: OrtModule;
  try {
    ort = (await import('onnxruntime-node')) as unknown as OrtModule;
  } catch {
    throw new CommandError('The native backend needs the package onnxruntime-node: npm install onnxruntime-node.');
  }
  // It reads external data from files only, and names its backend otherwise.
  const create = (bytes: Uint8Array, { externalData = [], executionProviders: _, ...options }: Options = {}) =>
    ort.InferenceSession.create(embedded(bytes, externalData), options);
  return { ...ort, Tensor: ort.Tensor, InferenceSession: { create } } as unknown as OrtModule;
}

export async function loadBackend(backend: CommandBackend): Promise<OrtModule> {
  return backend === 'native' ? loadNative() : (await loadOrt('wasm')).ort;
}

/** How the trainer opens its session. */
export function sessionOn(backend: CommandBackend): OpenSession {
  if (backend === 'wasm') return openSession;
  return async (plan, columns) => {
    const build = { ort: await loadNative(), name: 'wasm', threads: 1 } as const;
    const session = await WasmSession.create({ plan, columns, build });
    return { session, reason: 'the native backend was asked for', build: 'native', threads: 1 };
  };
}
