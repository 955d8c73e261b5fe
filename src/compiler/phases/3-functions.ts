/** Cuts the program into functions in Theano's sense, and expands Grad and Optimizer nodes into equations. */
import { Builder } from '../builder.ts';
import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import type { NodeId } from '../document.ts';
import type { Equation, FunctionIR, FunctionOutput, Value } from '../ir.ts';
import { printType } from '../types.ts';
import type { ResolvedNode } from './1-resolve.ts';
import type { Program } from './2-infer.ts';
import { type Gradients, gradients, type Obstacle } from './3-differentiate.ts';
import { nextId } from './4-rewrite.ts';

const GRAD = 'Grad';

/** The equations that `roots` depend on, in order. */
function slice(equations: readonly Equation[], roots: readonly Value[]): Equation[] {
  const needed = new Set(roots);
  const kept: Equation[] = [];
  for (let index = equations.length - 1; index >= 0; index--) {
    const eq = equations[index] as Equation;
    if (!eq.outputs.some((output) => needed.has(output))) continue;
    for (const input of eq.inputs) if (input) needed.add(input);
    kept.push(eq);
  }
  return kept.reverse();
}

/** A function under construction over a slice of the program. */
class FunctionBuilder {
  readonly program: Program;
  readonly b: Builder;
  readonly diagnostics: Diagnostic[] = [];
  readonly #map = new Map<Value, Value>();

  constructor(program: Program, roots: readonly Value[]) {
    this.program = program;
    const { builder } = program;
    const base: FunctionIR = { name: '', inputs: builder.inputs, equations: builder.equations, outputs: [] };
    this.b = new Builder(builder.registry, nextId(base));
    this.b.inputs.push(...builder.inputs);
    for (const eq of slice(builder.equations, roots)) {
      const inputs = eq.inputs.map((input) => (input ? this.now(input) : null));
      if (eq.op === GRAD) this.#grad(eq, inputs);
      else this.b.push({ ...eq, inputs });
    }
  }

  /** What stands for a value of the program once Grad nodes are expanded. */
  now(value: Value): Value {
    return this.#map.get(value) ?? value;
  }

  nameOf(node: NodeId | null): string {
    return (node !== null && this.program.nodes.get(node)?.name) || 'a value';
  }

  #grad(eq: Equation, inputs: readonly (Value | null)[]): void {
    const [cost, ...wrt] = inputs as readonly [Value, ...Value[]];
    const seed = this.b.within(eq.origin, 'backward', () => this.b.scalar(1));
    const found = gradients(this.b, [{ value: cost, cotangent: seed }], wrt);
    found.values.forEach((gradient, at) => {
      const output = eq.outputs[at] as Value;
      if (!gradient && eq.origin !== null) this.#reportNoGradient(eq.origin, `wrt.${at}`, at, found.obstacles);
      this.#map.set(output, gradient ?? this.b.zerosLike(wrt[at] as Value));
    });
  }

  #reportNoGradient(node: NodeId, port: string, at: number, obstacles: readonly Obstacle[]): void {
    const source = this.program.nodes.get(node)?.inputs[at + 1]?.source;
    const variable = this.nameOf(source?.node ?? null);
    const undefinedOne = obstacles.find((obstacle) => obstacle.why.none === 'undefined');
    this.diagnostics.push(
      diagnostic(
        undefinedOne ? 'gradient/undefined' : 'gradient/disconnected',
        { node, port },
        {
          title: `The cost does not depend on ${variable} through differentiable operators`,
          cause:
            obstacles.length > 0
              ? 'Every path from it to the cost passes an operator without a gradient.'
              : 'There is no path of wires from it to the cost.',
          evidence: obstacles.map(({ equation, why }) => ({
            label: this.nameOf(equation.origin),
            text: `${equation.op}: ${why.reason}`,
            node: equation.origin ?? undefined,
          })),
        },
      ),
    );
  }

  finish(name: string, outputs: readonly FunctionOutput[]): FunctionIR {
    const { b } = this;
    const equations = slice(
      b.equations,
      outputs.map((output) => output.value),
    );
    const used = new Set<Value>(outputs.map((output) => output.value));
    for (const eq of equations) for (const input of eq.inputs) if (input) used.add(input);
    return { name, inputs: b.inputs.filter((input) => used.has(input.value)), equations, outputs };
  }
}

export interface BuiltFunction {
  readonly fn: FunctionIR;
  readonly diagnostics: readonly Diagnostic[];
}

export interface TrainFunction extends BuiltFunction {
  /** Gradients of the first optimizer's cost, by value; what the backward layer shows. */
  readonly gradients: ReadonlyMap<Value, Value>;
  /** Parameters that change, with the node that changes each. */
  readonly updatedBy: ReadonlyMap<NodeId, NodeId>;
  /** Gradient of each parameter that an optimizer changes. */
  readonly parameterGradients: ReadonlyMap<NodeId, Value>;
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
      parameters.forEach(({ node: parameter, value }, at) => {
        const gradient = found.values[at];
        if (!gradient || !this.#claim(parameter, node)) return;
        this.parameterGradients.set(parameter.id, gradient);
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

  #reportUntrained({ node, cost }: Optimizer, obstacles: readonly Obstacle[]): void {
    const claimed = [...this.updatedBy.values()].includes(node.id);
    const names = node.attributes.parameters as readonly string[];
    for (const name of names) {
      const parameter = this.program.parameters.find((candidate) => candidate.node.name === name);
      if (parameter && this.updatedBy.has(parameter.node.id)) continue;
      this.diagnostics.push(
        diagnostic(
          'gradient/disconnected',
          { node: node.id, attribute: 'parameters' },
          {
            title: parameter ? `The cost does not depend on ${name}` : `There is no parameter “${name}”`,
          },
        ),
      );
    }
    if (claimed || names.length > 0) return;
    this.diagnostics.push(
      diagnostic(
        'gradient/disconnected',
        { node: node.id, port: 'cost' },
        {
          title: `${node.name} has nothing to train: its cost ${printType(cost.type)} depends on no parameter through differentiable operators`,
          cause:
            obstacles.length > 0
              ? 'Every path passes an operator without a gradient.'
              : 'No Parameter is wired into the graph that leads to the cost.',
          evidence: obstacles.map(({ equation, why }) => ({
            label: this.nameOf(equation.origin),
            text: `${equation.op}: ${why.reason}`,
            node: equation.origin ?? undefined,
          })),
        },
      ),
    );
  }
}

/**
 * The training function: loss and new state from batch, hyperparameters and old state. Every right-hand side reads old
 * values. With `fuseLearningRate` plain gradient descent seeds the gradient with the learning rate, which saves a
 * multiplication a parameter; gradients are then scaled, so what shows gradients must not ask for it.
 */
export function buildTrain(
  program: Program,
  { fuseLearningRate }: { readonly fuseLearningRate: boolean },
): TrainFunction {
  const roots = [
    ...program.optimizers.flatMap(({ cost, lr }) => (lr ? [cost, lr] : [cost])),
    ...program.updates.map((update) => update.value),
  ];
  const train = new TrainBuilder(program, roots);
  const [first] = program.optimizers;
  if (first) train.outputs.push({ value: train.now(first.cost), target: { kind: 'loss', node: first.node.id } });
  for (const update of program.updates) train.drawnUpdate(update);
  program.optimizers.forEach((optimizer, index) => void train.optimizer(optimizer, index, fuseLearningRate));
  return {
    fn: train.finish('train', train.outputs),
    diagnostics: train.diagnostics,
    gradients: train.firstGradients,
    updatedBy: train.updatedBy,
    parameterGradients: train.parameterGradients,
  };
}

/** Loss and metrics of a batch, without updates. Null if there is neither. */
export function buildEvaluate(program: Program): BuiltFunction | null {
  const [first] = program.optimizers;
  const roots = [...(first ? [first.cost] : []), ...program.metrics.map((metric) => metric.value)];
  if (roots.length === 0) return null;
  const builder = new FunctionBuilder(program, roots);
  const outputs: FunctionOutput[] = program.metrics.map(({ node, value }) => ({
    value: builder.b.within(node.id, 'forward', () => builder.b.cast(builder.now(value), 'float32')),
    target: { kind: 'metric', name: node.name, node: node.id },
  }));
  if (first) outputs.unshift({ value: builder.now(first.cost), target: { kind: 'loss', node: first.node.id } });
  return { fn: builder.finish('evaluate', outputs), diagnostics: builder.diagnostics };
}

/** Names of the functions that Output nodes ask for. */
export function outputFunctions(program: Program): string[] {
  return [...new Set(program.outputs.map((output) => output.fn))];
}

/** The function of all Output nodes of one name. */
export function buildOutputs(program: Program, name: string): BuiltFunction {
  const outputs = program.outputs.filter((output) => output.fn === name);
  const builder = new FunctionBuilder(
    program,
    outputs.map((output) => output.value),
  );
  return {
    fn: builder.finish(
      name,
      outputs.map(({ node, value }) => ({
        value: builder.now(value),
        target: { kind: 'output', name: node.name, node: node.id },
      })),
    ),
    diagnostics: builder.diagnostics,
  };
}

export interface ObservedFunction {
  readonly fn: FunctionIR;
  /** Output index of the gradient of each value asked for, or null where there is none. */
  readonly gradientAt: ReadonlyMap<Value, number>;
  /** Output index of each value asked for. */
  readonly valueAt: ReadonlyMap<Value, number>;
}

/** Values of the program, and the gradients of the first optimizer's cost with respect to them, as probe outputs. */
export function buildObserve(program: Program, values: readonly Value[]): ObservedFunction {
  const [first] = program.optimizers;
  const builder = new FunctionBuilder(program, [...values, ...(first ? [first.cost] : [])]);
  const outputs: FunctionOutput[] = [];
  const valueAt = new Map<Value, number>();
  const gradientAt = new Map<Value, number>();
  const add = (map: Map<Value, number>, key: Value, value: Value): void => {
    map.set(key, outputs.length);
    outputs.push({ value, target: { kind: 'probe', name: `probe_${outputs.length}` } });
  };
  for (const value of values) add(valueAt, value, builder.now(value));
  if (first) {
    const floats = values.filter((value) => value.type.dtype === 'float32');
    const seed = builder.b.scalar(1);
    const now = floats.map((value) => builder.now(value));
    const found = gradients(builder.b, [{ value: builder.now(first.cost), cotangent: seed }], now);
    floats.forEach((value, at) => {
      const gradient = found.values[at];
      if (gradient) add(gradientAt, value, gradient);
    });
  }
  return { fn: builder.finish('observe', outputs), gradientAt, valueAt };
}
