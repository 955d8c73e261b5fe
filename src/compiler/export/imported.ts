import { toBinary } from '@bufbuild/protobuf';
import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import type { DimBindings } from '../dims.ts';
import type { ImportResult } from '../import/import.ts';
import { readModel } from '../import/model.ts';
import type { FunctionIR } from '../ir.ts';
import { ModelProtoSchema } from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import { rewrite } from '../phases/4-rewrite.ts';
import { emitModel } from '../phases/6-emit.ts';
import { verify } from '../verify.ts';
import { makeOverridable, restoreInterface } from './interface.ts';

/** Sizes that have names, as the drawing calls them. */
function sizesIn({ dims }: ImportResult, given: DimBindings): DimBindings {
  const known = [...dims].flatMap(([own, original]) => {
    const size = given[original];
    return size === undefined ? [] : [[own, size] as const];
  });
  return Object.fromEntries(known);
}

/** Generators of random numbers begin as they do in training. */
function generators({ inputs }: FunctionIR): Record<string, Float32Array> {
  return Object.fromEntries(
    inputs.flatMap(({ source }) =>
      source.kind === 'slot' && source.initializer.kind === 'values'
        ? [[source.slot, Float32Array.from(source.initializer.values)]]
        : [],
    ),
  );
}

/**
 * Writes a function of an imported drawing with the interface of the model it came from: inputs and outputs keep names,
 * order and types, weights are inputs with a default. `onnx` is null where sizes have to be numbers.
 */
export function writeImported(
  imported: ImportResult,
  original: Uint8Array,
  fn: FunctionIR,
  registry: Registry,
  sizes: DimBindings = {},
): { readonly onnx: Uint8Array | null; readonly diagnostics: readonly Diagnostic[] } {
  const { document, weights } = imported;
  const { graph } = readModel(original);
  verify(fn, registry, 'differentiation');
  const dims = sizesIn(imported, sizes);
  try {
    const model = emitModel(rewrite(fn, registry), registry, {
      dims,
      data: 'batch',
      weights: { ...generators(fn), ...weights },
      nameOf: (node) => document?.graph.nodes[node]?.name ?? node,
      doc: document?.description ?? '',
    });
    if (model.graph) {
      const declared = new Map(graph.input.map((info) => [info.name, info]));
      restoreInterface(model.graph, { ...imported, declared });
      makeOverridable(model.graph, new Set(Object.keys(weights)));
      model.graph.name = graph.name || fn.name;
    }
    return { onnx: toBinary(ModelProtoSchema, model), diagnostics: [] };
  } catch (error) {
    const free = fn.inputs
      .flatMap(({ value }) => value.type.shape)
      .find((dim) => typeof dim === 'string' && !(dim in dims));
    if (free === undefined) throw error;
    const name = imported.dims.get(String(free)) ?? free;
    const found = diagnostic(
      'shape/symbolic',
      {},
      {
        title: `An operator of the model cannot be written for any size of ${name}`,
        cause: `It says: ${error instanceof Error ? error.message.split('\n')[0] : error}. Give the size, as in --size ${name}=8.`,
      },
    );
    return { onnx: null, diagnostics: [found] };
  }
}
