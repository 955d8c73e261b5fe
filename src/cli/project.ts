import { join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import { registry } from '../nodes/registry.ts';
import { exportProject } from '../project/project.ts';
import { RuntimeError } from '../runtime/protocol.ts';
import { DataStore } from '../runtime/worker/datasets/load.ts';
import { initialState } from '../runtime/worker/initializers.ts';
import type { ExportCommandOptions } from './export.ts';
import { CommandError, openGraph, writeOutput } from './files.ts';
import { diagnosticJson, hasErrors, json, output, tellDiagnostics } from './report.ts';
import { readPublic } from './train.ts';
import { loadWeights } from './weights.ts';

/** Writes a folder of models, data and programs that train the document elsewhere. */
export async function projectCommand(file: string, options: Omit<ExportCommandOptions, 'as'>): Promise<void> {
  const { document, diagnostics } = openGraph(file);
  const plan = document && !hasErrors(diagnostics) ? compile(document, registry).plan : null;
  if (!document || !plan) {
    if (options.json) json({ ok: false, diagnostics: diagnostics.map((each) => diagnosticJson(each, document)) });
    else tellDiagnostics(diagnostics.filter(({ severity }) => severity === 'error'));
    process.exitCode = 1;
    return;
  }
  const columns = await new DataStore(readPublic).columns(plan).catch((error: Error) => {
    throw error instanceof RuntimeError ? new CommandError(error.message) : error;
  });
  const saved = options.weights === undefined ? null : loadWeights(options.weights, plan.state, false);
  const { files, diagnostics: found } = exportProject(document, registry, {
    state: { ...initialState(plan.state), ...saved?.state },
    step: saved?.step ?? 0,
    columns,
  });
  const told = found.filter(({ code }) => code.startsWith('export/'));
  for (const [path, content] of files) writeOutput(join(options.output, path), content);
  if (files.size === 0) process.exitCode = 1;
  if (options.json) {
    const said = told.map((each) => diagnosticJson(each, document));
    json({ ok: files.size > 0, output: options.output, files: [...files.keys()], diagnostics: said });
    return;
  }
  tellDiagnostics(told);
  if (files.size > 0) output(`${options.output}: ${files.size} files`);
}
