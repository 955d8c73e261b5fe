/** The stages that `wiregrad print` shows, by name. */
import { programOf } from '../compiler/compile.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { flatten } from '../compiler/flatten.ts';
import { type FunctionIR, printFunction } from '../compiler/ir.ts';
import { resolve } from '../compiler/phases/1-resolve.ts';
import { buildEvaluate, buildOutputs, outputFunctions } from '../compiler/phases/3-functions.ts';
import { rewrite, rewriteOptions } from '../compiler/phases/4-rewrite.ts';
import { planTraining } from '../compiler/phases/5-plan.ts';
import { toKernels } from '../compiler/phases/6-emit.ts';
import { buildTrain } from '../compiler/phases/functions/train.ts';
import { registry } from '../nodes/registry.ts';

export const PHASES = ['flatten', 'resolve', 'infer', 'differentiate', 'rewrite', 'plan', 'emit'] as const;
export type Phase = (typeof PHASES)[number];

function functionsOf(document: GraphDocument): readonly FunctionIR[] {
  const program = programOf(document, registry);
  const rewrites = rewriteOptions(document);
  const trains = program.optimizers.length > 0 || program.updates.length > 0;
  const train = trains ? buildTrain(program, { fuseLearningRate: true, rewrites }).fn : null;
  const evaluate = buildEvaluate(program, rewrites)?.fn ?? null;
  const outputs = outputFunctions(program).map((name) => buildOutputs(program, name, rewrites).fn);
  return [train, evaluate, ...outputs].filter((fn) => fn !== null);
}

/** The text of a drawing without errors after a stage. */
export function printPhase(drawn: GraphDocument, phase: Phase): string {
  const { document, failed } = flatten(drawn, registry);
  const nameOf = (node: string) => document.graph.nodes[node]?.name ?? node;
  const print = (fn: FunctionIR) => printFunction(fn, { nameOf });
  const rewrites = rewriteOptions(document);
  switch (phase) {
    case 'flatten': {
      const lines = Object.values(document.graph.nodes).map(
        ({ name, op, attributes }) => `${name} = ${op} ${JSON.stringify(attributes)}`,
      );
      const wires = Object.values(document.graph.edges).map(
        ({ source, target }) => `${nameOf(source.node)}.${source.port} -> ${nameOf(target.node)}.${target.port}`,
      );
      return `${[...lines, ...wires].join('\n')}\n`;
    }
    case 'resolve': {
      const { order } = resolve(document, registry, failed);
      const lines = order.map(({ name, record, inputs }) => {
        const wired = inputs.map(
          ({ port, source }) => `${port}=${source ? `${nameOf(source.node)}.${source.port}` : '_'}`,
        );
        return `${name} = ${record.name}(${wired.join(', ')})`;
      });
      return `${lines.join('\n')}\n`;
    }
    case 'infer': {
      const { builder, outputs } = programOf(drawn, registry);
      const ends = outputs.map(({ node, value }) => ({
        value,
        target: { kind: 'output', name: node.name, node: node.id } as const,
      }));
      return print({ name: 'program', inputs: builder.inputs, equations: builder.equations, outputs: ends });
    }
    case 'differentiate':
      return functionsOf(drawn).map(print).join('\n');
    case 'rewrite':
      return functionsOf(drawn)
        .map((fn) => print(rewrite(fn, registry, rewrites)))
        .join('\n');
    case 'plan': {
      const program = programOf(drawn, registry);
      const { fn } = buildTrain(program, { fuseLearningRate: true, rewrites });
      const plan = planTraining(
        { document, registry, program, rewrites },
        fn,
        buildEvaluate(program, rewrites)?.fn ?? null,
      );
      const bytes = (_: string, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value);
      return `${JSON.stringify(plan, bytes, 2)}\n`;
    }
    case 'emit': {
      const dims = { batch: document.graph.training.batchSize };
      return functionsOf(drawn)
        .map((fn) => print(toKernels(rewrite(fn, registry, rewrites), registry, dims, rewrites)))
        .join('\n');
    }
  }
}
