import { compile, programOf } from './compile.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import type { GraphDocument } from './document.ts';
import { flatten } from './flatten.ts';
import type { FunctionIR } from './ir.ts';
import type { Registry } from './op.ts';
import { buildOutputs, outputFunctions } from './phases/3-functions.ts';
import { rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { type EmitOptions, emit } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import { verify } from './verify.ts';

/** inference: what a function's Output nodes return, weights inside. train-step: batch, hyperparameters and state in; loss and new state out. */
export type ExportKind = 'inference' | 'train-step';

export interface ExportOptions {
  readonly kind: ExportKind;
  /** Values of the parameters by name, as training left them. Required for inference. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** The function to export for inference; the first one if there are several. */
  readonly fn?: string;
}

export interface ExportResult {
  /** The ONNX model; null where an error stands in the way. */
  readonly onnx: Uint8Array | null;
  readonly diagnostics: readonly Diagnostic[];
}

function failed(diagnostics: readonly Diagnostic[]): ExportResult {
  return { onnx: null, diagnostics };
}

/** Emits with a free batch size where every operator allows it, else with the batch size of training. */
function emitFree(fn: FunctionIR, registry: Registry, batch: number, options: Omit<EmitOptions, 'dims'>): Uint8Array {
  const readsBatch = fn.inputs.some(({ value }) => value.type.shape.includes('batch'));
  if (readsBatch) {
    try {
      return emit(fn, registry, { ...options, dims: {} }).onnx;
    } catch {
      // A lowering needs the size of the batch as a number; the fixed form below always has it.
    }
  }
  return emit(fn, registry, { ...options, dims: { batch } }).onnx;
}

/** Exports the drawing as an ONNX model in standard operators that any ONNX Runtime loads. */
export function exportModel(drawn: GraphDocument, registry: Registry, options: ExportOptions): ExportResult {
  const { document } = flatten(drawn, registry);
  const { diagnostics } = compile(drawn, registry);
  if (diagnostics.some((found) => found.severity === 'error')) return failed(diagnostics);
  const program = programOf(drawn, registry);
  const nameOf = (node: string): string => document.graph.nodes[node]?.name ?? node;
  const { batchSize } = document.graph.training;
  const rewrites = rewriteOptions(document);
  const doc = `${document.name}${document.description ? `: ${document.description}` : ''}`;

  if (options.kind === 'train-step') {
    if (program.optimizers.length === 0 && program.updates.length === 0) {
      return failed([
        ...diagnostics,
        diagnostic(
          'export/nothing',
          {},
          {
            title: 'There is no training step to export',
            cause: 'A training step needs an optimizer, or a parameter with an update.',
          },
        ),
      ]);
    }
    const { fn } = buildTrain(program, { fuseLearningRate: true, rewrites });
    const given = { dims: { batch: batchSize }, data: 'batch', rewrites, nameOf, doc } as const;
    const { onnx } = emit(rewrite(fn, registry, rewrites), registry, given);
    return { onnx, diagnostics };
  }

  const name = options.fn ?? outputFunctions(program)[0];
  if (name === undefined) {
    return failed([
      ...diagnostics,
      diagnostic(
        'export/nothing',
        {},
        {
          title: 'There is no result to export',
          cause: 'An exported model returns what is wired to its Output nodes. Add an Output node to the prediction.',
        },
      ),
    ]);
  }
  const { fn } = buildOutputs(program, name, rewrites);
  verify(fn, registry, 'differentiation');
  const onnx = emitFree(rewrite(fn, registry, rewrites), registry, batchSize, {
    rewrites,
    data: 'batch',
    weights: options.weights,
    nameOf,
    doc,
  });
  return { onnx, diagnostics };
}
