/** The examples of all operators as a PyTorch program that tells which results are not those of the examples. */
import { Builder, inferOutputs } from '../src/compiler/builder.ts';
import type { FunctionIR, IrAttributes } from '../src/compiler/ir.ts';
import { completeAttributes, type OpRecord } from '../src/compiler/op.ts';
import { type TensorData, tensor } from '../src/compiler/types.ts';
import { registry } from '../src/nodes/registry.ts';
import { Body, UnwritableError } from '../src/project/torch/body.ts';
import { HELPERS } from '../src/project/torch/helpers.ts';
import { float } from '../src/project/torch/rules.ts';

const TYPES = { float32: 'torch.float32', int32: 'torch.int32', int64: 'torch.int64', bool: 'torch.bool' };

function literal({ dtype, shape, data }: TensorData): string {
  const numbers = Array.from(data as ArrayLike<number>, Number);
  const all = numbers.map((value) => (dtype === 'float32' ? float(value) : String(value))).join(', ');
  return `torch.tensor([${all}], dtype=${TYPES[dtype]}).reshape((${shape.map((size) => `${size},`).join(' ')}))`;
}

type Example = OpRecord['examples'][number];

function one(record: OpRecord, { inputs, attributes, outputs }: Example, kept: string[]): string[] {
  const given = inputs.map((data) => data && tensor(data.dtype, data.shape));
  const complete = completeAttributes(record, (attributes ?? {}) as IrAttributes);
  const b = new Builder(registry);
  const values = given.map((type, at) => type && b.input(type, { kind: 'feed', node: 'x', name: `x${at}` }));
  const types = inferOutputs(record, given, complete).map((type) => b.value(type));
  b.push({ op: record.name, inputs: values, attributes: complete, outputs: types, origin: null, role: 'forward' });
  const fn: FunctionIR = {
    name: record.name,
    inputs: b.inputs,
    equations: b.equations,
    outputs: types.map((value) => ({ value, target: { kind: 'probe', name: '' } })),
  };
  const body = new Body(fn, {
    registry,
    nameOf: (node) => node,
    slots: new Map(),
    rowShapes: new Map(),
    batchSize: 1,
    use: () => {},
    keep: (data, name) => {
      kept.push(`${name}_${kept.length} = ${literal(data)}`);
      return `${name}_${kept.length - 1}`;
    },
  });
  const reads = types.map((value) => body.read(value));
  const feeds = body.args.map(({ name }) => `${name} = ${literal(inputs[Number(name.slice(1))] as TensorData)}`);
  const wanted = outputs.map(literal).join(', ');
  return [...feeds, ...body.lines(), `return [${reads.join(', ')}], [${wanted}]`];
}

/** Prints a line for each example that differs, and at last the number of those compared. */
export function operatorProgram(): { readonly program: string; readonly unwritable: readonly string[] } {
  const kept: string[] = [];
  const unwritable = new Set<string>();
  const functions: string[] = [];
  for (const record of registry.values()) {
    if ((record.kind ?? 'operator') !== 'operator') continue;
    for (const [at, example] of record.examples.entries()) {
      try {
        const lines = one(record, example, kept).map((line) => `    ${line.replaceAll('self.first_row', '0')}`);
        functions.push(`def f():\n${lines.join('\n')}\ncheck('${record.name} ${at}', f)\n`);
      } catch (error) {
        if (!(error instanceof UnwritableError)) throw error;
        unwritable.add(record.name);
      }
    }
  }
  const check = `count = 0
def check(name, function):
    global count
    count += 1
    try:
        found, wanted = function()
    except Exception as error:
        print(name, repr(error))
        return
    for a, b in zip(found, wanted):
        if a.dtype != b.dtype or a.shape != b.shape or not torch.allclose(a.double(), b.double(), 1e-4, 1e-5, equal_nan=True):
            print(name, a, b)
`;
  const parts = ['import math', 'import torch', 'import torch.nn.functional as F', ...Object.values(HELPERS), check];
  const program = [...parts, ...kept, ...functions, 'print(count, "examples")'].join('\n');
  return { program, unwritable: [...unwritable] };
}
