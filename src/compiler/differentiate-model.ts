/** Any ONNX model with its gradients: what `wiregrad grad` does. */
import { check, programOf } from './compile.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { type DimBindings, sizeOf } from './dims.ts';
import { writeImported } from './export/imported.ts';
import { type ImportOptions, importModel } from './import/import.ts';
import { readModel } from './import/model.ts';
import type { Registry } from './op.ts';
import type { Program } from './phases/2-infer.ts';
import { buildGradients, type Variable } from './phases/functions/gradients.ts';
import { didYouMean, nearest } from './spelling.ts';
import { printType } from './types.ts';

export interface DifferentiateOptions extends ImportOptions {
  /** An output of a single element. */
  readonly loss: string;
  /** Inputs and initializers. */
  readonly wrt: readonly string[];
  /** Numbers for sizes that have names. */
  readonly sizes?: DimBindings;
}

export interface DifferentiateResult {
  /** Null where an error stands in the way. */
  readonly onnx: Uint8Array | null;
  readonly diagnostics: readonly Diagnostic[];
}

const isError = ({ severity }: Diagnostic) => severity === 'error';

function unknown(kind: string, name: string, known: readonly string[]): Diagnostic {
  const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? `, and ${known.length - 20} more` : '');
  return diagnostic(
    'onnx/name',
    {},
    {
      title: `The model has no ${kind} “${name}”${didYouMean(nearest(name, known))}`,
      cause: `It has: ${shown || 'none'}.`,
    },
  );
}

/** Inputs and weights by the names of the model. */
function variablesOf({ builder }: Program): Map<string, Variable> {
  const found = new Map<string, Variable>();
  for (const { value, source } of builder.inputs) {
    if (source.kind === 'feed') found.set(source.name, { name: source.name, node: source.node, value });
    if (source.kind === 'parameter') found.set(source.slot, { name: source.slot, node: source.node, value });
  }
  return found;
}

/**
 * The model with an output `<name>_grad` for each of `wrt`. Inputs and outputs keep their names, order and types; weights
 * are inputs with a default. In a model that does not train, normalizations and dropout do what they do outside of training.
 */
export function differentiateModel(
  bytes: Uint8Array,
  registry: Registry,
  options: DifferentiateOptions,
): DifferentiateResult {
  const imported = importModel(bytes, registry, options);
  const { document } = imported;
  if (!document) return { onnx: null, diagnostics: imported.diagnostics };
  const diagnostics: Diagnostic[] = [...imported.diagnostics, ...check(document, registry).diagnostics.filter(isError)];
  if (diagnostics.some(isError)) return { onnx: null, diagnostics };
  const program = programOf(document, registry);
  const output = program.outputs.find(
    ({ node }) => node.name === options.loss || node.name === `${options.loss}_output`,
  );
  const variables = variablesOf(program);
  const { graph } = readModel(bytes);
  const names = [...new Set([...graph.input, ...graph.initializer].map(({ name }) => name))];
  if (!output) {
    const known = graph.output.map(({ name }) => name);
    diagnostics.push(unknown('output', options.loss, known));
  } else if (sizeOf(output.value.type.shape) !== 1) {
    diagnostics.push(
      diagnostic(
        'gradient/not-scalar',
        {},
        {
          title: `${options.loss} is ${printType(output.value.type)}, not a single number`,
          cause: 'Gradients are those of one number. Add a loss to the model, such as the mean of this output.',
        },
      ),
    );
  }
  const taken = new Set([...names, ...graph.output.map(({ name }) => name)]);
  const wrt = [...new Set(options.wrt)].flatMap((name): Variable[] => {
    if (taken.has(`${name}_grad`)) {
      const title = `The model has a tensor ${name}_grad already`;
      const cause = 'Gradients are called after what they are taken by. Rename that tensor in the model.';
      diagnostics.push(diagnostic('onnx/name', {}, { title, cause }));
      return [];
    }
    const variable = variables.get(name);
    if (variable?.value.type.dtype === 'float32') return [variable];
    const isThere = names.includes(name);
    diagnostics.push(
      isThere
        ? diagnostic(
            variable ? 'gradient/integer' : 'gradient/disconnected',
            {},
            {
              title: variable
                ? `${name} is ${printType(variable.value.type)}: there are gradients by floating point tensors only`
                : `${options.loss} has no gradient with respect to ${name}: no node computes with its values`,
              cause: variable
                ? 'Whole numbers and conditions have no slope.'
                : 'It is unused, holds whole numbers, or is read as a size or an axis.',
            },
          )
        : unknown('input or initializer', name, names),
    );
    return [];
  });
  if (!output || diagnostics.some(isError)) return { onnx: null, diagnostics };
  const loss = { name: options.loss, node: output.node.id, value: output.value };
  const mode = imported.training ? 'training' : 'inference';
  const built = buildGradients(program, { loss, wrt, mode });
  diagnostics.push(...built.diagnostics);
  if (diagnostics.some(isError)) return { onnx: null, diagnostics };
  const { onnx, diagnostics: found } = writeImported(imported, bytes, built.fn, registry, options.sizes);
  return { onnx, diagnostics: [...diagnostics, ...found] };
}
