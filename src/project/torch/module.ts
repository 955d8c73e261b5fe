/** The drawing as a module of PyTorch. */
import { metricSplits } from '../../compiler/checks/data.ts';
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Value } from '../../compiler/ir.ts';
import type { Registry } from '../../compiler/op.ts';
import type { Program } from '../../compiler/phases/2-infer.ts';
import { outputFunctions } from '../../compiler/phases/3-functions.ts';
import { rewriteOptions } from '../../compiler/phases/4-rewrite.ts';
import { buildTrain } from '../../compiler/phases/functions/train.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import type { TensorData } from '../../compiler/types.ts';
import { type Argument, Body, type BodyContext } from './body.ts';
import { cutForward, type Forward } from './cut.ts';
import { HELPERS } from './helpers.ts';
import { attributeNames, Names } from './names.ts';
import { shareKinds } from './parallel.ts';
import { bool, float, type Helper, tuple } from './rules.ts';

export interface TorchOptimizer {
  readonly node: NodeId;
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Names of parameters that it changes, as slots and as attributes of the module. */
  readonly parameters: readonly { readonly slot: string; readonly attribute: string }[];
  /** Among the results of the forward pass. */
  readonly cost: string;
  /** The drawn learning rate among the results, or the name of a hyperparameter. */
  readonly rate: { readonly result: string } | { readonly hyperparameter: string };
  /** Where the shared slots of Adam are kept. */
  readonly name: string;
}

export interface TorchModule {
  readonly text: string;
  readonly arguments: readonly Argument[];
  readonly optimizers: readonly TorchOptimizer[];
  /** Whether it has a drawn update. */
  readonly updates: boolean;
  readonly generators: boolean;
  /** Losses and metrics of an evaluation are those of another method. */
  readonly evaluates: boolean;
  readonly metrics: readonly string[];
  /** Gradients are computed within the forward pass. */
  readonly differentiates: boolean;
  /** Why shares of a batch cannot be trained on apart; null where they can. */
  readonly alone: string | null;
  /** Parameters that want gradients and get none from the loss. */
  readonly unused: boolean;
}

const indent = (lines: readonly string[], by = 8): string =>
  lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`)).join('\n');

const quoted = (text: string): string => JSON.stringify(text);

function values({ dtype, shape, data }: TensorData): string {
  const all = Array.from(data as ArrayLike<number>, Number);
  const type = { float32: 'torch.float32', int32: 'torch.int32', int64: 'torch.int64', bool: 'torch.bool' }[dtype];
  const [first = 0] = all;
  if (all.length > 1 && all.every((value) => value === first)) {
    return `torch.full(${tuple(shape)}, ${dtype === 'bool' ? bool(first) : first}, dtype=${type})`;
  }
  const numbers = all.map((value) =>
    dtype === 'float32' ? float(value) : dtype === 'bool' ? bool(value) : `${value}`,
  );
  const flat = `torch.tensor([${numbers.join(', ')}]${dtype === 'float32' ? '' : `, dtype=${type}`})`;
  return shape.length === 1 ? flat : `${flat}.reshape(${tuple(shape)})`;
}

interface Result {
  readonly key: string;
  readonly value: Value;
}

class ModuleWriter {
  readonly #document: GraphDocument;
  readonly #program: Program;
  readonly #registry: Registry;
  readonly #plan: TrainingPlan;
  readonly #attributes = attributeNames();
  readonly #slots = new Map<string, string>();
  readonly #helpers = new Set<Helper>();
  readonly #constants: string[] = [];
  #arguments: readonly Argument[] = [];

  constructor(document: GraphDocument, program: Program, registry: Registry, plan: TrainingPlan) {
    this.#document = document;
    this.#program = program;
    this.#registry = registry;
    this.#plan = plan;
    for (const { node } of program.parameters) this.#slots.set(node.name, this.#attributes.take(node.name));
    for (const { node } of program.generators) {
      const slot = `${node.name}.generator`;
      this.#slots.set(slot, this.#attributes.take(slot));
    }
  }

  #context(): BodyContext {
    return {
      registry: this.#registry,
      nameOf: (node) => this.#document.graph.nodes[node]?.name ?? node,
      slots: this.#slots,
      rowShapes: new Map(this.#plan.columns.map(({ id, shape }) => [id, shape.slice(1)])),
      batchSize: this.#plan.batchSize,
      use: (helper) => void this.#helpers.add(helper),
      keep: (data, name) => {
        const attribute = this.#attributes.take(name);
        this.#constants.push(`self.register_buffer(${quoted(attribute)}, ${values(data)}, persistent=False)`);
        return `self.${attribute}`;
      },
    };
  }

  #method(
    name: string,
    doc: string,
    { fn, now }: Forward,
    results: readonly Result[],
    updates: readonly Result[] = [],
  ) {
    const body = new Body(fn, this.#context());
    const entry = ({ key, value }: Result) => `    ${quoted(key)}: ${body.read(now(value))},`;
    const entries = results.map(entry);
    const inner =
      updates.length === 0 ? [] : ['    "updates": {', ...updates.map((each) => `    ${entry(each)}`), '    },'];
    const returned = ['return {', ...entries, ...inner, '}'];
    const args = ['self', ...body.args.map((each) => each.name)];
    const text = `    def ${name}(${args.join(', ')}):\n${indent([`"""${doc}"""`, ...body.lines(), ...returned])}\n`;
    return { text, args: body.args };
  }

  /** Methods for what the Output nodes return. */
  #outputs(): string[] {
    const rewrites = rewriteOptions(this.#document);
    return outputFunctions(this.#program).map((fn) => {
      const outputs = this.#program.outputs.filter((output) => output.fn === fn);
      const forward = cutForward(
        this.#program,
        outputs.map(({ value }) => value),
        'inference',
        rewrites,
      );
      const results = outputs.map(({ node, value }) => ({ key: node.name, value }));
      return this.#method(
        this.#attributes.take(fn),
        `What the outputs of ${fn.replace(/["\\]/g, '')} return.`,
        forward,
        results,
      ).text;
    });
  }

  #init(wanted: ReadonlySet<string>): string {
    const lines = this.#program.parameters.map(({ node, value }) => {
      const attribute = this.#slots.get(node.name);
      const still = wanted.has(node.name) ? '' : ', requires_grad=False';
      return `self.${attribute} = nn.Parameter(torch.zeros(${tuple(value.type.shape.map(String))})${still})`;
    });
    const generators = this.#program.generators.map(({ node }) => {
      const attribute = this.#slots.get(`${node.name}.generator`) ?? '';
      return `self.register_buffer(${quoted(attribute)}, torch.zeros(2))`;
    });
    const rows =
      generators.length > 0 ? ['# The first row of this share in the whole batch.', 'self.first_row = 0'] : [];
    return `    def __init__(self):\n${indent(['super().__init__()', ...lines, ...generators, ...rows, ...this.#constants])}\n`;
  }

  write(): TorchModule {
    const program = this.#program;
    const rewrites = rewriteOptions(this.#document);
    const { updatedBy } = buildTrain(program, { fuseLearningRate: false, rewrites });
    const splits = metricSplits(program);
    const metrics = program.metrics.filter(({ node }) => splits?.[node.name] === undefined);
    const keys = new Names(['loss', 'lr', 'updates']);
    const metricKeys = metrics.map(({ node, value }) => ({ key: keys.take(node.name), value }));
    const costs = program.optimizers.map(({ cost }, at) => ({
      key: at === 0 ? 'loss' : keys.take(`loss${at + 1}`),
      value: cost,
    }));
    const rates = program.optimizers.flatMap(({ lr }, at) =>
      lr ? [{ key: at === 0 ? 'lr' : keys.take(`lr${at + 1}`), value: lr, at }] : [],
    );
    const updates = program.updates.map(({ node, value }) => ({ key: this.#slots.get(node.name) ?? '', value }));
    const cut = (roots: readonly Result[], mode: 'training' | 'inference') =>
      cutForward(
        program,
        roots.map(({ value }) => value),
        mode,
        rewrites,
      );

    const bare = cut([...costs, ...rates, ...updates], 'training');
    const differs = (fn: Forward['fn']) => fn.equations.some(({ op }) => this.#registry.get(op)?.inference);
    const evaluates = differs(cut([...costs, ...metricKeys], 'training').fn);
    const results = [...costs, ...(evaluates ? [] : metricKeys), ...rates];
    const forward = cut([...results, ...updates], 'training');
    const main = this.#method('forward', 'Loss and metrics of a batch.', forward, results, updates);
    this.#arguments = main.args;
    const checked = [...costs.slice(0, 1), ...metricKeys];
    const evaluate = evaluates
      ? [this.#method('evaluate', 'Loss and metrics outside of training.', cut(checked, 'inference'), checked).text]
      : [];
    const outputs = this.#outputs();

    const optimizers = program.optimizers.map(({ node, lr }, at): TorchOptimizer => {
      const own = program.parameters.filter(({ node: parameter }) => updatedBy.get(parameter.id) === node.id);
      const rate = rates.find((each) => each.at === at);
      return {
        node: node.id,
        op: node.record.name,
        attributes: node.attributes,
        parameters: own.map(({ node: { name } }) => ({ slot: name, attribute: this.#slots.get(name) ?? '' })),
        cost: costs[at]?.key ?? 'loss',
        rate: lr && rate ? { result: rate.key } : { hyperparameter: at === 0 ? 'lr' : `lr${at + 1}` },
        name: node.name,
      };
    });
    const trained = new Set(optimizers.flatMap(({ parameters }) => parameters.map(({ slot }) => slot)));
    const differentiated = new Set(
      program.builder.equations.flatMap((eq) => (this.#registry.get(eq.op)?.kind === 'gradient' ? eq.inputs : [])),
    );
    // A wire that is differentiated may be reached from any parameter, whether it is trained or not.
    const wanted = new Set([
      ...trained,
      ...program.parameters.filter(({ value }) => differentiated.has(value)).map(({ node }) => node.name),
    ]);
    return {
      text: this.#text([main.text, ...evaluate, ...outputs], wanted),
      arguments: this.#arguments,
      optimizers,
      updates: updates.length > 0,
      generators: program.generators.length > 0,
      evaluates,
      metrics: metricKeys.map(({ key }) => key),
      differentiates: differentiated.size > 0,
      alone: this.#alone(bare, optimizers.length, costs, updates),
      unused: wanted.size > trained.size,
    };
  }

  #alone(bare: Forward, optimizers: number, costs: readonly Result[], updates: readonly Result[]): string | null {
    if (optimizers === 0) return 'There is no optimizer, so there are no gradients to average.';
    if (optimizers > 1) return 'There are several optimizers, each with gradients of its own.';
    const kind = shareKinds(bare.fn);
    const isMean = costs.every(({ value }) => ['mean', 'free'].includes(kind(bare.now(value))));
    if (!isMean) return 'The loss is not a mean over the rows of the batch, so that shares of it cannot be averaged.';
    const isSame = updates.every(({ value }) => kind(bare.now(value)) === 'free');
    return isSame ? null : 'An update depends on the rows of the batch.';
  }

  #text(methods: readonly string[], wanted: ReadonlySet<string>): string {
    const { name, description } = this.#document;
    const helpers = Object.entries(HELPERS).filter(([helper]) => this.#helpers.has(helper as Helper));
    const all = helpers.map(([, text]) => text);
    const about = `${name}${description ? `: ${description}` : ''}`.replace(/["\\]/g, "'");
    const advance =
      this.#program.generators.length > 0
        ? [
            `    def advance(self):\n${indent([
              '"""Generators of random numbers go on to the next step."""',
              ...this.#program.generators.map(({ node }) => {
                const attribute = this.#slots.get(`${node.name}.generator`);
                return `self.${attribute}[1] = (self.${attribute}[1] + 1) % 2**23`;
              }),
            ])}\n`,
          ]
        : [];
    const slots = [...this.#slots].map(([slot, attribute]) => `    ${quoted(slot)}: ${quoted(attribute)},`);
    const body = all.concat(methods).join('');
    const imports = [
      ...(/\bmath\./.test(body) ? ['import math', ''] : []),
      'import torch',
      ...(/\bF\./.test(body) ? ['import torch.nn.functional as F'] : []),
      'from torch import nn',
    ];
    return [
      `"""${about}"""\n${imports.join('\n')}\n`,
      `# Attributes of the model by the names of the state in recipe.json.\nSLOTS = {\n${slots.join('\n')}\n}\n`,
      ...all,
      `class Model(nn.Module):\n${[this.#init(wanted), ...methods, ...advance].join('\n')}`,
    ].join('\n\n');
  }
}

/** Throws an `UnwritableError` where an operator has no counterpart. */
export function torchModule(
  document: GraphDocument,
  program: Program,
  registry: Registry,
  plan: TrainingPlan,
): TorchModule {
  return new ModuleWriter(document, program, registry, plan).write();
}
