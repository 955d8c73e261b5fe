/** The drawing as a zip of models, data and programs that train it elsewhere. */
import { type Zippable, zipSync } from 'fflate';
import type { GraphDocument } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { exportProject, type ProjectOptions } from '../../project/project.ts';
import { fetchFrom } from '../../runtime/worker/datasets/files.ts';
import { DataStore } from '../../runtime/worker/datasets/load.ts';

export async function projectZip(
  document: GraphDocument,
  registry: Registry,
  plan: TrainingPlan,
  now: Omit<ProjectOptions, 'columns'>,
): Promise<Uint8Array> {
  const columns = await new DataStore(fetchFrom(window.document.baseURI)).columns(plan);
  const { files, diagnostics } = exportProject(document, registry, { ...now, columns });
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  if (files.size === 0) throw new Error(first ? `${first.title}. ${first.cause}` : 'The graph cannot be exported.');
  const folder = document.name.replace(/[/\\]+/g, '-') || 'project';
  const zipped: Zippable = {};
  for (const [path, content] of files) zipped[`${folder}/${path}`] = content;
  return zipSync(zipped);
}
