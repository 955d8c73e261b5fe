import { compile } from '../compiler/compile.ts';
import { type ExportKind, exportModel } from '../compiler/export.ts';
import { registry } from '../nodes/registry.ts';
import { initialState } from '../runtime/worker/initializers.ts';
import { CommandError, openGraph, writeOutput } from './files.ts';
import { diagnosticJson, hasErrors, json, output, tellDiagnostics } from './report.ts';
import { loadWeights } from './weights.ts';

export interface ExportCommandOptions {
  readonly as: ExportKind;
  readonly batch?: number | 'free';
  readonly opset?: number;
  readonly weights?: string;
  readonly output: string;
  readonly json?: boolean;
}

export function exportCommand(file: string, options: ExportCommandOptions): void {
  const { document, diagnostics, imported } = openGraph(file);
  const fail = (found: typeof diagnostics) => {
    if (options.json) json({ ok: false, diagnostics: found.map((each) => diagnosticJson(each, document)) });
    else tellDiagnostics(found.filter(({ severity }) => severity === 'error'));
    process.exitCode = 1;
  };
  if (!document || hasErrors(diagnostics)) {
    fail(diagnostics);
    return;
  }
  const slots = compile(document, registry).plan?.state ?? [];
  if (slots.length === 0 && options.weights !== undefined && !imported) {
    throw new CommandError(`${file} has no parameters that weights could be loaded into.`);
  }
  const initial = { ...initialState(slots), ...imported?.weights };
  const weights =
    options.weights === undefined ? initial : { ...initial, ...loadWeights(options.weights, slots, false).state };
  const { onnx, diagnostics: found } = exportModel(document, registry, {
    kind: options.as,
    weights,
    initial,
    ...(options.batch !== undefined && { batch: options.batch }),
    ...(options.opset !== undefined && { opset: options.opset }),
  });
  if (!onnx) {
    fail(found);
    return;
  }
  writeOutput(options.output, onnx);
  if (options.json) json({ ok: true, output: options.output, bytes: onnx.length });
  else output(`${options.output}: ${onnx.length} bytes`);
}
