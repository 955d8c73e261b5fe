/** The files of a drawing for others: ONNX models for inference, of gradients, of a training step, and that know how to train. */
import { create, toBinary } from '@bufbuild/protobuf';
import { compile, programOf } from './compile.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import type { GraphDocument } from './document.ts';
import { makeOverridable } from './export/interface.ts';
import { NEWEST_OPSET, OpsetError, toOpset } from './export/opset.ts';
import { addTrainingInfo } from './export/training-info.ts';
import { flatten } from './flatten.ts';
import type { FunctionIR, FunctionOutput } from './ir.ts';
import { type ModelProto, ModelProtoSchema, StringStringEntryProtoSchema } from './onnx/onnx_pb.ts';
import type { Registry } from './op.ts';
import type { Program } from './phases/2-infer.ts';
import { buildOutputs, outputFunctions } from './phases/3-functions.ts';
import { type RewriteOptions, rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { type EmitOptions, emitModel } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import { verify } from './verify.ts';

/**
 * inference: what a function's Output nodes return, weights inside. train-step: batch, hyperparameters and state in; loss and
 * new state out. gradients: the loss, and `<parameter>_grad` for each parameter that is trained. training-model: the inference
 * model, with training information by the ONNX IR.
 */
export const EXPORT_KINDS = ['inference', 'train-step', 'gradients', 'training-model'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export interface ExportOptions {
  readonly kind: ExportKind;
  /** Values of the state by slot, as training left them. Required for inference. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** The function to export for inference; the first one if there are several. */
  readonly fn?: string;
  /** Rows a run; left out: any number where that is possible, else that of training, which training steps always have. */
  readonly batch?: number | 'free';
  readonly opset?: number;
  /** First values of the state by slot, for training information; without them ONNX draws random ones. */
  readonly initial?: Readonly<Record<string, Float32Array>>;
}

export interface ExportResult {
  /** The ONNX model; null where an error stands in the way. */
  readonly onnx: Uint8Array | null;
  readonly diagnostics: readonly Diagnostic[];
}

function nothing(title: string, cause: string): Diagnostic {
  return diagnostic('export/nothing', {}, { title, cause });
}

const isError = ({ severity }: Diagnostic) => severity === 'error';

/** Ends an export with a diagnostic. */
class ExportError extends Error {
  readonly diagnostic: Diagnostic;
  constructor(found: Diagnostic) {
    super(found.title);
    this.diagnostic = found;
  }
}

/** The sizes to try, in this order; the last always works where the batch is a number. */
function sizesFor(options: ExportOptions, trained: number): readonly EmitOptions['dims'][] {
  if (typeof options.batch === 'number') return [{ batch: options.batch }];
  if (options.batch === 'free') return [{}];
  const free = options.kind === 'inference' || options.kind === 'training-model';
  return free ? [{}, { batch: trained }] : [{ batch: trained }];
}

/** Writes with the first sizes that every operator can be written for. */
function attempt<T>(sizes: readonly EmitOptions['dims'][], write: (dims: EmitOptions['dims']) => T): T {
  for (const [at, dims] of sizes.entries()) {
    if (at === sizes.length - 1 && 'batch' in dims) return write(dims);
    try {
      return write(dims);
    } catch (error) {
      if (at < sizes.length - 1) continue;
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new ExportError(
        diagnostic(
          'shape/symbolic',
          {},
          {
            title: 'The model cannot be written for any number of rows',
            cause: `An operator needs the number: ${reason}. Export it with a fixed batch size.`,
          },
        ),
      );
    }
  }
  throw new Error('No sizes to try');
}

class Export {
  readonly #document: GraphDocument;
  readonly #program: Program;
  readonly #registry: Registry;
  readonly #rewrites: RewriteOptions;
  readonly #options: ExportOptions;

  constructor(document: GraphDocument, program: Program, registry: Registry, options: ExportOptions) {
    this.#document = document;
    this.#program = program;
    this.#registry = registry;
    this.#rewrites = rewriteOptions(document);
    this.#options = options;
  }

  #emit(fn: FunctionIR, dims: EmitOptions['dims'], weights?: ExportOptions['weights']): ModelProto {
    const { name, description, graph } = this.#document;
    verify(fn, this.#registry, 'differentiation');
    return emitModel(rewrite(fn, this.#registry, this.#rewrites), this.#registry, {
      dims,
      rewrites: this.#rewrites,
      data: 'batch',
      ...(weights && { weights }),
      nameOf: (node) => graph.nodes[node]?.name ?? node,
      doc: `${name}${description ? `: ${description}` : ''}`,
    });
  }

  #train(fuseLearningRate: boolean) {
    const { optimizers, updates } = this.#program;
    if (optimizers.length > 0 || updates.length > 0) {
      return buildTrain(this.#program, { fuseLearningRate, rewrites: this.#rewrites });
    }
    const cause = 'A training step needs an optimizer, or a parameter with an update.';
    throw new ExportError(nothing('There is no training step to export', cause));
  }

  #inference(): FunctionIR {
    const name = this.#options.fn ?? outputFunctions(this.#program)[0];
    if (name !== undefined) return buildOutputs(this.#program, name, this.#rewrites).fn;
    const cause = 'An exported model returns what is wired to its Output nodes. Add an Output node to the prediction.';
    throw new ExportError(nothing('There is no result to export', cause));
  }

  /** The loss, and the gradient of each parameter that an optimizer changes. */
  #gradients(): FunctionIR {
    const { fn, parameterGradients } = this.#train(false);
    const loss = fn.outputs.filter(({ target }) => target.kind === 'loss');
    const gradients = [...parameterGradients].map(([node, value]): FunctionOutput => {
      const name = `${this.#document.graph.nodes[node]?.name ?? node}_grad`;
      return { value, target: { kind: 'output', name, node } };
    });
    if (gradients.length === 0) {
      throw new ExportError(nothing('There are no gradients to export', 'No optimizer changes a parameter.'));
    }
    const kept = rewrite(
      { ...fn, name: 'gradients', outputs: [...loss, ...gradients] },
      this.#registry,
      this.#rewrites,
    );
    const used = new Set([
      ...kept.equations.flatMap(({ inputs }) => inputs),
      ...kept.outputs.map(({ value }) => value),
    ]);
    return { ...kept, inputs: kept.inputs.filter(({ value }) => used.has(value)) };
  }

  #trainingModel(dims: EmitOptions['dims']): ModelProto {
    const { weights, initial = {} } = this.#options;
    const model = this.#emit(this.#inference(), dims, weights);
    const { plan } = compile(this.#document, this.#registry);
    const step = this.#emit(this.#train(true).fn, dims);
    addTrainingInfo(model, step, {
      slots: plan?.state ?? [],
      hyperparameters: plan?.hyperparameters ?? [],
      initial,
      weights,
    });
    return model;
  }

  model(): ModelProto {
    const { kind, weights } = this.#options;
    const sizes = sizesFor(this.#options, this.#document.graph.training.batchSize);
    switch (kind) {
      case 'inference': {
        const fn = this.#inference();
        return attempt(sizes, (dims) => this.#emit(fn, dims, weights));
      }
      case 'train-step': {
        const { fn } = this.#train(true);
        return attempt(sizes, (dims) => this.#emit(fn, dims));
      }
      case 'gradients': {
        const fn = this.#gradients();
        const model = attempt(sizes, (dims) => this.#emit(fn, dims, weights));
        if (model.graph) makeOverridable(model.graph, new Set(Object.keys(weights)));
        return model;
      }
      case 'training-model':
        return attempt(sizes, (dims) => this.#trainingModel(dims));
    }
  }
}

/** Exports the drawing as an ONNX model in standard operators that any ONNX Runtime loads. */
export function exportModel(drawn: GraphDocument, registry: Registry, options: ExportOptions): ExportResult {
  const { document } = flatten(drawn, registry);
  const { diagnostics } = compile(drawn, registry);
  if (diagnostics.some(isError)) return { onnx: null, diagnostics };
  try {
    const model = new Export(document, programOf(drawn, registry), registry, options).model();
    toOpset(model, options.opset ?? NEWEST_OPSET);
    model.metadataProps.push(create(StringStringEntryProtoSchema, { key: 'wiregrad.export', value: options.kind }));
    return { onnx: toBinary(ModelProtoSchema, model), diagnostics };
  } catch (error) {
    if (error instanceof ExportError) return { onnx: null, diagnostics: [...diagnostics, error.diagnostic] };
    if (!(error instanceof OpsetError)) throw error;
    const title = `The model cannot be written in opset ${options.opset}`;
    return {
      onnx: null,
      diagnostics: [...diagnostics, diagnostic('onnx/version', {}, { title, cause: error.message })],
    };
  }
}
