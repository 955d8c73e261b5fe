/**
 * Golden text: each folder in samples/ holds a drawing and what the compiler says of it; examples/ are samples too.
 * `npm run update-goldens` rewrites the texts; read the difference before committing it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../nodes/registry.ts';
import { check, compile, programOf } from './compile.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { GraphDocument } from './document.ts';
import { parseDocument } from './document-parse.ts';
import { type FunctionIR, printFunction } from './ir.ts';
import { buildEvaluate, buildOutputs, outputFunctions } from './phases/3-functions.ts';
import { rewrite } from './phases/4-rewrite.ts';
import { toKernels } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import { printType } from './types.ts';
import { verify } from './verify.ts';

const SAMPLES = new URL('samples/', import.meta.url);
const EXAMPLES = new URL('../../examples/', import.meta.url);

function printDiagnostic(found: Diagnostic): string {
  const { node, port, edge, attribute } = found.place;
  const place = [node, port, attribute, edge].filter(Boolean).join(' ');
  return [
    `${found.severity} ${found.code}${place ? ` at ${place}` : ''}`,
    `  ${found.title}`,
    `  ${found.cause}`,
    ...found.evidence.map((line) => `  - ${line.label}: ${line.text}`),
    ...found.fixes.map((fix) => `  * ${fix.label} (${fix.safety}) ${JSON.stringify(fix.edits)}`),
  ].join('\n');
}

function printCheck(document: GraphDocument): string {
  const { diagnostics, types, blocked } = check(document, registry);
  return [
    ...[...types].map(([port, type]) => `${port} ${printType(type)}`),
    ...[...blocked].map((node) => `${node} blocked`),
    ...diagnostics.map(printDiagnostic),
    '',
  ].join('\n');
}

function printFunctions(document: GraphDocument): string {
  const program = programOf(document, registry);
  const nameOf = (node: string) => document.graph.nodes[node]?.name ?? node;
  const print = (fn: FunctionIR) => printFunction(fn, { nameOf });
  const train = buildTrain(program, { fuseLearningRate: true }).fn;
  const evaluate = buildEvaluate(program)?.fn;
  const others = outputFunctions(program).map((name) => buildOutputs(program, name).fn);
  const kernels = toKernels(rewrite(train, registry), registry, { batch: document.graph.training.batchSize });
  return [
    '# differentiated',
    print(verify(train, registry, 'differentiation')),
    '# rewritten',
    print(verify(rewrite(train, registry), registry, 'rewriting')),
    '# kernels',
    print(kernels),
    ...[...(evaluate ? [evaluate] : []), ...others].flatMap((fn) => ['# rewritten', print(rewrite(fn, registry))]),
  ].join('\n');
}

async function matchGoldens(text: string, folder: URL): Promise<void> {
  const { document, diagnostics } = parseDocument(text);
  const said = document ? printCheck(document) : `${diagnostics.map(printDiagnostic).join('\n')}\n`;
  await expect(said).toMatchFileSnapshot(new URL('check.txt', folder).pathname);
  if (!document || !compile(document, registry).plan) return;
  await expect(printFunctions(document)).toMatchFileSnapshot(new URL('functions.txt', folder).pathname);
}

describe('samples', () => {
  const own = readdirSync(SAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of own.filter((entry) => !entry.name.startsWith('example-'))) {
    it(name, () => {
      const folder = new URL(`${name}/`, SAMPLES);
      return matchGoldens(readFileSync(new URL('graph.json', folder), 'utf8'), folder);
    });
  }
});

describe('examples', () => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))) {
    it(file, () =>
      matchGoldens(
        readFileSync(new URL(file, EXAMPLES), 'utf8'),
        new URL(`example-${file.replace('.json', '')}/`, SAMPLES),
      ),
    );
  }
});
