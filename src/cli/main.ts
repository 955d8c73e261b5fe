/** The `wiregrad` command. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { differentiateModel } from '../compiler/differentiate-model.ts';
import { documentSchema } from '../compiler/document-schema.ts';
import { NEWEST_OPSET, OLDEST_OPSET } from '../compiler/export/opset.ts';
import { EXPORT_KINDS, type ExportKind } from '../compiler/export.ts';
import { registry } from '../nodes/registry.ts';
import { BACKENDS, type CommandBackend } from './backends.ts';
import { type ExportCommandOptions, exportCommand } from './export.ts';
import { besideModel, CommandError, isModelFile, openGraph, readBytes, writeOutput } from './files.ts';
import { PHASES, type Phase, printPhase } from './phases.ts';
import { projectCommand } from './project.ts';
import { diagnosticJson, hasErrors, json, message, output, tellDiagnostics } from './report.ts';
import { runCommand } from './run.ts';
import { type TrainOptions, trainCommand } from './train.ts';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

/** `name=value`, collected. */
function pair(text: string, before: readonly (readonly [string, string])[] = []): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It has the form name=value.');
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}

/** A whole number, at least `least`. */
const whole =
  (what: string, least = 1) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`${what} is a whole number from ${least} on.`);
  };

const rows = (text: string): number | 'free' => (text === 'free' ? text : whole('A number of rows')(text));

function sizes(pairs: readonly (readonly [string, string])[] = []): Record<string, number> {
  return Object.fromEntries(
    pairs.map(([name, text]) => {
      if (!/^[1-9]\d*$/.test(text))
        throw new CommandError(`--size ${name}=${text}: a size is a whole number above zero.`, 2);
      return [name, Number(text)];
    }),
  );
}

function program(): Command {
  const command = new Command('wiregrad')
    .description('Computational graphs, their gradients and their training, as documents and as ONNX models.')
    .exitOverride()
    .showHelpAfterError('(wiregrad --help tells what there is)')
    .configureHelp({ showGlobalOptions: false });
  const example = (of: Command, text: string): void => void of.addHelpText('after', `\nExample:\n  $ ${text}\n`);

  const check = command
    .command('check')
    .description('Say what is wrong with a graph document or an ONNX model.')
    .argument('<file>', 'a document (.json) or a model (.onnx)')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: { json?: boolean }) => {
      const { document, diagnostics } = openGraph(file);
      const failed = hasErrors(diagnostics);
      if (options.json) {
        json({ ok: !failed, diagnostics: diagnostics.map((found) => diagnosticJson(found, document)) });
      } else {
        tellDiagnostics(diagnostics);
        if (!failed) output(`${file}: no errors`);
      }
      if (failed) process.exitCode = 1;
    });
  example(check, 'wiregrad check examples/digits-mlp.json');

  const print = command
    .command('print')
    .description('Print the typed program of a document or a model, as it is after a stage of the compiler.')
    .argument('<file>', 'a document (.json) or a model (.onnx)')
    .addOption(new Option('--phase <name>', 'the stage').choices(PHASES).default('infer'))
    .option('--json', 'print the text in a JSON object')
    .action((file: string, options: { phase: Phase; json?: boolean }) => {
      const { document, diagnostics } = openGraph(file);
      if (!document || hasErrors(diagnostics)) return fail(diagnostics, options.json);
      const text = printPhase(document, options.phase);
      if (options.json) json({ phase: options.phase, text });
      else process.stdout.write(text);
    });
  example(print, 'wiregrad print examples/line-fit.json --phase differentiate');

  const grad = command
    .command('grad')
    .description('Add gradients to an ONNX model: an output <name>_grad for each input or initializer that is named.')
    .argument('<model>', 'a model (.onnx)')
    .requiredOption('--loss <output>', 'the output to differentiate, a single number')
    .requiredOption('--wrt <names>', 'inputs and initializers, separated by commas', list)
    .requiredOption('-o, --output <file>', 'where the new model goes')
    .option('--size <name=number>', 'a number for a size that has a name; can be repeated', pair)
    .option('--json', 'print what was written as JSON')
    .action(
      (
        file: string,
        options: { loss: string; wrt: string[]; output: string; size?: [string, string][]; json?: boolean },
      ) => {
        if (options.wrt.length === 0) throw new CommandError('--wrt names nothing.', 2);
        if (!isModelFile(file)) throw new CommandError(`${file} is no .onnx file; grad differentiates ONNX models.`, 2);
        const { onnx, diagnostics } = differentiateModel(readBytes(file), registry, {
          external: besideModel(file),
          loss: options.loss,
          wrt: options.wrt,
          sizes: sizes(options.size),
        });
        if (!onnx) return fail(diagnostics, options.json);
        writeOutput(options.output, onnx);
        const outputs = options.wrt.map((name) => `${name}_grad`);
        if (options.json) {
          json({
            ok: true,
            output: options.output,
            gradients: outputs,
            diagnostics: diagnostics.map((found) => diagnosticJson(found, null)),
          });
          return;
        }
        tellDiagnostics(diagnostics);
        output(`${options.output}: ${outputs.join(', ')}`);
      },
    );
  example(grad, 'wiregrad grad model.onnx --loss loss --wrt x,fc1.weight,fc1.bias -o gradients.onnx');

  const run = command
    .command('run')
    .description('Run an ONNX model on arrays of NumPy.')
    .argument('<model>', 'a model (.onnx)')
    .option('--input <name=file>', 'an array (.npy) for an input; can be repeated', pair)
    .option('--output-dir <folder>', 'where the outputs go, as <name>.npy')
    .addOption(new Option('--backend <name>', 'what runs it').choices(BACKENDS).default('wasm'))
    .option('--json', 'print shapes, types and small values as JSON')
    .action(
      (
        file: string,
        options: { input?: [string, string][]; outputDir?: string; backend: CommandBackend; json?: boolean },
      ) => runCommand(file, { ...options, inputs: options.input ?? [] }),
    );
  example(run, 'wiregrad run model.onnx --input x=images.npy --output-dir results');

  const exporting = command
    .command('export')
    .description('Write a document or a model as an ONNX model.')
    .argument('<file>', 'a document (.json) or a model (.onnx)')
    .addOption(
      new Option('--as <kind>', 'what it is to do; project: a folder of models, data and programs that train')
        .choices([...EXPORT_KINDS, 'project'])
        .default('inference')
        .makeOptionMandatory(),
    )
    .option('--batch <rows>', 'rows a run: a number, or free for any number', rows)
    .option('--opset <number>', `the opset, ${OLDEST_OPSET} to ${NEWEST_OPSET}`, whole('An opset'), NEWEST_OPSET)
    .option(
      '--weights <file>',
      'values of the parameters: .safetensors, .npz or .onnx; without it they are initialized',
    )
    .requiredOption('-o, --output <path>', 'where the model goes, or the folder of a project')
    .option('--json', 'print what was written as JSON')
    .action((file: string, { as, ...options }: Omit<ExportCommandOptions, 'as'> & { as: ExportKind | 'project' }) =>
      as === 'project' ? projectCommand(file, options) : exportCommand(file, { ...options, as }),
    );
  example(exporting, 'wiregrad export examples/digits-mlp.json --as training-model --batch 32 -o digits.onnx');

  const train = command
    .command('train')
    .description('Train a document as the app does, without a window.')
    .argument('<file>', 'a document (.json) with a loss and an optimizer')
    .addOption(
      new Option('--steps <number>', 'steps to make').argParser(whole('A number of steps')).conflicts('epochs'),
    )
    .option('--epochs <number>', 'passes over the training data', whole('A number of passes'))
    .option('--seed <number>', 'instead of the seed of the document', whole('A seed', 0))
    .option('--every <number>', 'steps between reports', whole('A number of steps'), 100)
    .addOption(new Option('--backend <name>', 'what runs it').choices(BACKENDS).default('wasm'))
    .option('--save <file>', 'where weights and state go, as .safetensors or .npz; also while it trains')
    .option('--resume <file>', 'go on from what --save wrote')
    .option('--json', 'print one JSON object a report')
    .action((file: string, options: TrainOptions) => trainCommand(file, options));
  example(train, 'wiregrad train examples/digits-mlp.json --epochs 3 --save digits.safetensors --json');

  const schema = command
    .command('schema')
    .description('Print the JSON Schema of graph documents.')
    .action(() => output(JSON.stringify(documentSchema(registry), null, 2)));
  example(schema, 'wiregrad schema > wiregrad.schema.json');
  return command;
}

function fail(diagnostics: Parameters<typeof tellDiagnostics>[0], asJson = false): void {
  if (asJson) json({ ok: false, diagnostics: diagnostics.map((found) => diagnosticJson(found, null)) });
  else tellDiagnostics(diagnostics);
  process.exitCode = 1;
}

/** Runs the command; the exit code is 1 where something is wrong with the files, and 2 where it is with the call. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads the output may have enough of it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof CommandError) {
      message(`wiregrad: ${error.message}`);
      process.exitCode = error.exitCode;
    } else throw error;
  }
}
