import { diagnostic } from '../../diagnostics.ts';
import type { NodeId } from '../../document.ts';
import type { FunctionOutput, Value } from '../../ir.ts';
import { didYouMean, nearest } from '../../spelling.ts';
import { printType, tensorData } from '../../types.ts';
import type { ResolvedNode } from '../1-resolve.ts';
import type { Program } from '../2-infer.ts';
import { type Gradients, gradients, type Obstacle } from '../3-differentiate.ts';
import { explainMissing, reportMissing } from '../3-missing.ts';
import type { RewriteOptions } from '../4-rewrite.ts';
import { type BuiltFunction, FunctionBuilder } from './function-builder.ts';

export interface TrainFunction extends BuiltFunction {
  /** Gradients of the first optimizer's cost, by value; what the backward layer shows. */
  readonly gradients: ReadonlyMap<Value, Value>;
  /** Parameters that change, with the node that changes each. */
  readonly updatedBy: ReadonlyMap<NodeId, NodeId>;
  /** Gradient of each parameter that an optimizer changes. */
  readonly parameterGradients: ReadonlyMap<NodeId, Value>;
  /** What stands for a value of the program in the function. */
  readonly now: (value: Value) => Value;
}

type Optimizer = Program['optimizers'][number];

/** The trainable parameters an optimizer changes: those named in its attribute, or all. */
function chosenParameters(program: Program, { node }: Optimizer): Program['parameters'] {
  const names = node.attributes.parameters as readonly string[];
  return program.parameters.filter(({ node: parameter }) =>
    names.length > 0 ? names.includes(parameter.name) : parameter.attributes.trainable !== false,
  );
}

class TrainBuilder extends FunctionBuilder {
  readonly outputs: FunctionOutput[] = [];
  readonly updatedBy = new Map<NodeId, NodeId>();
  readonly parameterGradients = new Map<NodeId, Value>();
  firstGradients: ReadonlyMap<Value, Value> = new Map();

  #claim(parameter: ResolvedNode, by: ResolvedNode): boolean {
    const other = this.updatedBy.get(parameter.id);
    if (other === undefined) {
      this.updatedBy.set(parameter.id, by.id);
      return true;
    }
    this.diagnostics.push(
      diagnostic(
        'update/twice',
        { node: by.id },
        {
          title: `${parameter.name} is updated by ${this.nameOf(other)} and by ${by.name}`,
          cause:
            'All updates of a step happen at once, so each parameter can have only one. List the parameters of each optimizer.',
          evidence: [{ label: parameter.name, text: 'has two updates', node: parameter.id }],
        },
      ),
    );
    return false;
  }

  drawnUpdate({ node, value }: Program['updates'][number]): void {
    if (this.#claim(node, node))
      this.outputs.push({ value: this.now(value), target: { kind: 'state', slot: node.name, node: node.id } });
  }

  optimizer(optimizer: Optimizer, index: number, fuseLearningRate: boolean): void {
    const { node, cost } = optimizer;
    const rule = node.record.optimizer;
    if (!rule) throw new Error(`${node.record.name} has no optimizer rule`);
    const { b } = this;
    const attributes = node.attributes;
    const drawn = new Set(this.program.updates.map((update) => update.node.id));
    const parameters = chosenParameters(this.program, optimizer).filter(
      ({ node: parameter }) => !drawn.has(parameter.id),
    );
    const lr = optimizer.lr
      ? this.now(optimizer.lr)
      : b.input(
          { dtype: 'float32', shape: [] },
          {
            kind: 'hyperparameter',
            name: index === 0 ? 'lr' : `lr${index + 1}`,
            node: node.id,
            initial: Number(attributes.lr),
          },
        );
    const plain = fuseLearningRate && (rule.plain?.(attributes) ?? false);
    const seed = plain ? lr : b.within(node.id, 'backward', () => b.scalar(1));
    const found: Gradients = gradients(
      b,
      [{ value: this.now(cost), cotangent: seed }],
      parameters.map((parameter) => parameter.value),
    );
    if (index === 0) this.firstGradients = found.all;

    b.within(node.id, 'update', () => {
      const shared: Record<string, Value> = {};
      for (const { name, initial, next } of rule.shared?.(attributes) ?? []) {
        shared[name] = this.#slot(`${node.name}.${name}`, node.id, [], initial, (old) => next(b, old));
      }
      const claimed = parameters.flatMap(({ node: parameter, value }, at) => {
        const gradient = found.values[at];
        if (!gradient || !this.#claim(parameter, node)) return [];
        this.parameterGradients.set(parameter.id, gradient);
        return [{ parameter, value, gradient }];
      });
      const whole = claimed.map(({ gradient }) => gradient);
      const clipped = rule.clip?.(b, whole, attributes) ?? whole;
      claimed.forEach(({ parameter, value }, at) => {
        const gradient = clipped[at] as Value;
        if (plain) {
          this.#state(parameter.name, parameter.id, b.sub(value, gradient));
          return;
        }
        const specs = rule.slots(attributes);
        const slots: Record<string, Value> = {};
        for (const { name, initial } of specs) {
          slots[name] = this.#slotInput(`${parameter.name}.${name}`, parameter.id, value.type.shape, initial);
        }
        const next = rule.step({ b, parameter: value, gradient, lr, slots, shared, attributes });
        this.#state(parameter.name, parameter.id, next.parameter);
        for (const { name } of specs) this.#state(`${parameter.name}.${name}`, parameter.id, next.slots[name] as Value);
      });
    });
    this.#reportUntrained(optimizer, found.obstacles);
  }

  #state(slot: string, node: NodeId, value: Value): void {
    this.outputs.push({ value, target: { kind: 'state', slot, node } });
  }

  #slotInput(slot: string, node: NodeId, shape: Value['type']['shape'], initial: number): Value {
    const source = { kind: 'slot', slot, node, initializer: { kind: 'constant', value: initial } } as const;
    return this.b.input({ dtype: 'float32', shape }, source);
  }

  #slot(
    slot: string,
    node: NodeId,
    shape: Value['type']['shape'],
    initial: number,
    next: (old: Value) => Value,
  ): Value {
    const value = next(this.#slotInput(slot, node, shape, initial));
    this.#state(slot, node, value);
    return value;
  }

  #reportUntrained(optimizer: Optimizer, obstacles: readonly Obstacle[]): void {
    const { node, cost } = optimizer;
    const named = node.attributes.parameters as readonly string[];
    for (const name of named) {
      if (this.program.parameters.some((candidate) => candidate.node.name === name)) continue;
      const place = { node: node.id, attribute: 'parameters' };
      const meant = nearest(
        name,
        this.program.parameters.map((candidate) => candidate.node.name).filter((known) => !named.includes(known)),
      );
      const edit = (value: readonly string[]) =>
        [{ kind: 'set-attribute', node: node.id, attribute: 'parameters', value }] as const;
      this.diagnostics.push(
        diagnostic('gradient/disconnected', place, {
          title: `${node.name}: there is no parameter “${name}”${didYouMean(meant)}`,
          cause: `Parameters: ${this.program.parameters.map((candidate) => candidate.node.name).join(', ') || 'none'}.`,
          fixes: [
            ...(meant === null
              ? []
              : [
                  {
                    label: `Train ${meant}`,
                    safety: 'maybe' as const,
                    edits: edit(named.map((each) => (each === name ? meant : each))),
                  },
                ]),
            { label: `Leave ${name} out`, safety: 'maybe', edits: edit(named.filter((each) => each !== name)) },
          ],
        }),
      );
    }
    const claimed = [...this.updatedBy.values()].includes(node.id);
    const now = this.now(cost);
    for (const parameter of chosenParameters(this.program, optimizer)) {
      if (this.updatedBy.has(parameter.node.id)) continue;
      const missing = explainMissing(this.b.equations, this.b.registry, [now], parameter.value, obstacles);
      // A parameter that belongs to something else is nobody's mistake.
      if (named.length === 0 && missing.path.length === 0) continue;
      const from = parameter.node.id;
      const names = {
        cost: this.describe(now).name,
        variable: parameter.node.name,
        from,
        nameOf: (id: NodeId | null) => this.nameOf(id),
      };
      const place = named.length > 0 ? { node: node.id, attribute: 'parameters' } : { node: from };
      const found = reportMissing(missing, place, names);
      if (found && claimed && named.length === 0) this.diagnostics.push({ ...found, severity: 'warning' });
      else if (found) this.diagnostics.push({ ...found, place: { ...found.place, ...place } });
    }
    const told = this.diagnostics.some(({ code, severity }) => code.startsWith('gradient/') && severity === 'error');
    if (claimed || named.length > 0 || told) return;
    this.diagnostics.push(
      diagnostic(
        'gradient/disconnected',
        { node: node.id, port: 'cost' },
        {
          title: `${node.name} has nothing to train: its cost ${printType(cost.type)} depends on no parameter through differentiable operators`,
          cause: 'No trainable Parameter has a gradient.',
          evidence: obstacles.map(({ equation, why }) => ({
            label: this.nameOf(equation.origin),
            text: `${equation.op}: ${why.reason}`,
            node: equation.origin ?? undefined,
          })),
        },
      ),
    );
  }

  /** Generators of random numbers that the step uses go on to the next step. */
  advanceGenerators(): void {
    if (this.program.generators.length === 0) return;
    if (this.program.generators.length === 0) return;
    const used = new Set(this.b.equations.flatMap((eq) => eq.inputs));
    for (const { node, value } of this.program.generators) {
      if (!used.has(value)) continue;
      const { b } = this;
      const next = b.within(node.id, 'update', () => {
        const later = b.add(value, b.constant(tensorData('float32', [2], [0, 1])));
        // Beyond this float32 could not count on.
        return b.where(b.emit('Less', [later, b.scalar(2 ** 23)]), later, b.scalar(0));
      });
      this.#state(`${node.name}.generator`, node.id, next);
    }
  }
}

/**
 * The training function: loss and new state from batch, hyperparameters and old state. Every right-hand side reads old
 * values. With `fuseLearningRate` plain gradient descent seeds the gradient with the learning rate, which saves a
 * multiplication a parameter; gradients are then scaled, so what shows gradients must not ask for it.
 */
export function buildTrain(
  program: Program,
  { fuseLearningRate, rewrites }: { readonly fuseLearningRate: boolean; readonly rewrites?: RewriteOptions },
): TrainFunction {
  const roots = [
    ...program.optimizers.flatMap(({ cost, lr }) => (lr ? [cost, lr] : [cost])),
    ...program.updates.map((update) => update.value),
  ];
  const train = new TrainBuilder(program, roots, { mode: 'training', rewrites });
  const [first] = program.optimizers;
  if (first) train.outputs.push({ value: train.now(first.cost), target: { kind: 'loss', node: first.node.id } });
  for (const update of program.updates) train.drawnUpdate(update);
  program.optimizers.forEach((optimizer, index) => void train.optimizer(optimizer, index, fuseLearningRate));
  train.advanceGenerators();
  return {
    fn: train.finish('train', train.outputs),
    diagnostics: train.diagnostics,
    gradients: train.firstGradients,
    updatedBy: train.updatedBy,
    parameterGradients: train.parameterGradients,
    now: (value) => train.now(value),
  };
}
