import { join } from 'node:path';
import { withoutDefaults } from '../compiler/export/interface.ts';
import { readModel } from '../compiler/import/model.ts';
import { OnnxProblem } from '../compiler/import/problem.ts';
import { ELEM, elemName } from '../compiler/import/tensors.ts';
import { readNpy, writeNpy } from '../formats/npy.ts';
import { FormatError, type StoredTensor } from '../formats/tensor.ts';
import type { OrtModule } from '../runtime/worker/ort.ts';
import { type CommandBackend, loadBackend } from './backends.ts';
import { CommandError, readBytes, writeOutput } from './files.ts';
import { json, output } from './report.ts';

/** Names of element types in ONNX Runtime. */
const ORT_TYPE: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
};

/** The array in the element type that the model wants. */
function converted({ data, shape }: StoredTensor, elem: number, name: string, ort: OrtModule) {
  const type = ORT_TYPE[elem];
  if (!type) throw new CommandError(`The input ${name} is ${elemName(elem)}, which cannot be given.`);
  const numbers = Array.from(data as ArrayLike<number | bigint>);
  const values =
    elem === ELEM.int64
      ? BigInt64Array.from(numbers, (value) => BigInt(typeof value === 'bigint' ? value : Math.trunc(value)))
      : elem === 13
        ? BigUint64Array.from(numbers, (value) => BigInt(typeof value === 'bigint' ? value : Math.trunc(value)))
        : typed(type, numbers.map(Number));
  return new ort.Tensor(type as 'float32', values as Float32Array, [...shape]);
}

function typed(type: string, numbers: readonly number[]) {
  switch (type) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'float64':
      return Float64Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'uint32':
      return Uint32Array.from(numbers);
    case 'int16':
      return Int16Array.from(numbers);
    case 'uint16':
      return Uint16Array.from(numbers);
    case 'int8':
      return Int8Array.from(numbers);
    default:
      return Uint8Array.from(numbers);
  }
}

function readArray(path: string): StoredTensor {
  try {
    return readNpy(readBytes(path), path);
  } catch (error) {
    if (error instanceof FormatError) throw new CommandError(error.message);
    throw error;
  }
}

export interface RunOptions {
  readonly inputs: readonly (readonly [name: string, file: string])[];
  readonly outputDir?: string;
  readonly backend: CommandBackend;
  readonly json?: boolean;
}

/** Values of so many elements are printed. */
const SHOWN = 64;

/** Names become files, so what a path could mean is replaced. */
const fileName = (name: string): string => `${name.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')}.npy`;

export async function runCommand(file: string, options: RunOptions): Promise<void> {
  const bytes = readBytes(file);
  const elems = inputTypes(bytes, file);
  const ort = await loadBackend(options.backend);
  const given = withoutDefaults(bytes, new Set(options.inputs.map(([name]) => name)));
  const session = await ort.InferenceSession.create(given, { logSeverityLevel: 3 }).catch((error: Error) => {
    throw new CommandError(`${file}: ONNX Runtime refuses the model: ${error.message}`);
  });
  const feeds = Object.fromEntries(
    options.inputs.map(([name, path]) => {
      const elem = elems.get(name);
      if (elem === undefined) {
        throw new CommandError(`The model has no input ${name}. Inputs: ${[...elems.keys()].join(', ') || 'none'}.`);
      }
      return [name, converted(readArray(path), elem, name, ort)];
    }),
  );
  const results = await session.run(feeds).catch((error: Error) => {
    throw new CommandError(`${file}: ${error.message}`);
  });
  const told = session.outputNames.map((name) => {
    const { dims, data, type } = results[name] as { dims: readonly number[]; data: unknown; type: string };
    const tensor = { dtype: type, shape: dims, data } as StoredTensor;
    const path = options.outputDir === undefined ? null : join(options.outputDir, fileName(name));
    if (path !== null) writeOutput(path, writeNpy(tensor));
    const values = tensor.data.length <= SHOWN ? Array.from(tensor.data as ArrayLike<number | bigint>, Number) : null;
    return { name, dtype: type, shape: dims, ...(path !== null && { file: path }), ...(values && { values }) };
  });
  if (options.json) return json({ outputs: told });
  for (const { name, dtype, shape, file: path, values } of told) {
    output(
      `${name}: ${dtype}[${shape.join(',')}]${path === undefined ? '' : ` -> ${path}`}${values ? ` = ${values.join(' ')}` : ''}`,
    );
  }
}

function inputTypes(bytes: Uint8Array, file: string): Map<string, number> {
  try {
    const { graph } = readModel(bytes);
    return new Map(
      graph.input.flatMap(({ name, type }) =>
        type?.value.case === 'tensorType' ? [[name, type.value.value.elemType]] : [],
      ),
    );
  } catch (error) {
    if (error instanceof OnnxProblem) throw new CommandError(`${file}: ${error.message}. ${error.cause_ ?? ''}`.trim());
    throw error;
  }
}
