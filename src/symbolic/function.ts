/** `theano.function`: expressions become a compiled graph that is called with numbers and updates shared variables. */
import { check, programOf } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { buildOutputs } from '../compiler/phases/3-functions.ts';
import { rewrite } from '../compiler/phases/4-rewrite.ts';
import { emit } from '../compiler/phases/6-emit.ts';
import type { GraphPlan } from '../compiler/plan.ts';
import { printType, tensor } from '../compiler/types.ts';
import { registry } from '../nodes/registry.ts';
import { Drawing } from './drawing.ts';
import { type Engine, openEngine } from './engine.ts';
import { SharedVariable } from './shared.ts';
import { asTensor, Tensor, type TensorLike } from './tensor.ts';
import { inputsOf, type Operand, toVariable, Variable } from './variable.ts';

/** Expressions that make no sense, with what the checker says of each. */
export class ExpressionError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ title, cause }) => (cause ? `${title}. ${cause}` : title)).join('\n'));
    this.name = 'ExpressionError';
    this.diagnostics = diagnostics;
  }
}

export type Outputs = Variable | readonly Variable[] | Readonly<Record<string, Variable>> | null;

/** Results in the form in which outputs were asked for. */
export type ResultsOf<O extends Outputs> = O extends Variable
  ? Tensor
  : O extends readonly Variable[]
    ? { readonly [K in keyof O]: Tensor }
    : O extends Readonly<Record<string, Variable>>
      ? { readonly [K in keyof O]: Tensor }
      : null;

export type Updates = readonly (readonly [SharedVariable, Operand])[];
export type Givens = readonly (readonly [Variable, Operand])[] | ReadonlyMap<Variable, Operand>;

export interface FunctionSpec<O extends Outputs> {
  /** What a call gives, in order. */
  readonly inputs?: readonly Variable[];
  readonly outputs?: O;
  /** New values of shared variables. All are computed from the old ones, and so are the outputs. */
  readonly updates?: Updates;
  /** Expressions that stand for variables in this function. */
  readonly givens?: Givens;
  /** What is said of an input that nothing depends on. */
  readonly on_unused_input?: 'raise' | 'ignore';
  readonly name?: string;
}

export type CompiledFunction<O extends Outputs> = ((...values: readonly TensorLike[]) => Promise<ResultsOf<O>>) & {
  /** The document of the last call's shapes. */
  readonly document: () => GraphDocument | null;
};

interface Compiled {
  readonly document: GraphDocument;
  readonly plan: GraphPlan;
  readonly engine: Engine;
  /** Names of the plan's inputs. */
  readonly leaves: ReadonlyMap<Variable, string>;
  /** Outputs first, then updates: positions among the plan's outputs. */
  readonly results: readonly number[];
}

const CALL = 'call';

/**
 * Compiles a function. Shapes are those of the values it is called with: it is compiled anew for each combination of
 * shapes, on its first call. Throws a TypeError for a wrong use and an ExpressionError for expressions that do not fit.
 */
export async function fn<const O extends Outputs = null>(spec: FunctionSpec<O>): Promise<CompiledFunction<O>> {
  const { inputs = [], outputs = null, updates = [], givens = [], name = 'function', on_unused_input = 'raise' } = spec;
  for (const input of inputs) {
    if (input.origin.kind === 'input') continue;
    throw new TypeError(`${input.name ?? 'An input'} is no symbolic input; T.matrix and the like make these`);
  }
  const updated = updates.map(([variable]) => variable);
  updated.forEach((variable, at) => {
    if (!(variable instanceof SharedVariable))
      throw new TypeError('Updates are pairs of a shared variable and its new value');
    if (updated.indexOf(variable) !== at)
      throw new TypeError(`${variable.name ?? 'A shared variable'} is updated twice`);
  });
  const stands = new Map([...givens].map(([variable, value]) => [variable, toVariable(value)]));
  const wanted = [...listOf(outputs), ...updates.map(([, value]) => toVariable(value))];
  const made = new Map<string, Promise<Compiled>>();
  let last: GraphDocument | null = null;

  const compile = async (values: readonly Tensor[]): Promise<Compiled> => {
    const types = new Map(inputs.map((input, at) => [input, tensor(dtypeOf(input), values[at]?.shape ?? [])]));
    const drawing = new Drawing({ givens: stands, inputs: types, shared: 'inputs' });
    const sinks = wanted.map((variable, at) => drawing.sink('Output', `result_${at}`, variable, { function: CALL }));
    checkLeaves(drawing, inputs, on_unused_input);
    const document = drawing.document(name);
    last = document;
    const errors = check(document, registry).diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new ExpressionError(errors);
    const built = buildOutputs(programOf(document, registry), CALL);
    const plan = emit(rewrite(built.fn, registry), registry, { dims: { batch: 1 }, data: 'batch' });
    const names = plan.outputs.map(({ binding }) => (binding.kind === 'output' ? binding.name : ''));
    const results = sinks.map((sink) => names.indexOf(sink));
    return { document, plan, engine: await openEngine(plan), leaves: drawing.leaves, results };
  };

  const call = async (...given: readonly TensorLike[]): Promise<ResultsOf<O>> => {
    if (given.length !== inputs.length) {
      throw new TypeError(`${name} takes ${inputs.length} inputs, not ${given.length}`);
    }
    const values = inputs.map((input, at) => accept(input, given[at] as TensorLike));
    const key = JSON.stringify([values.map(({ shape }) => shape), sharedShapes(wanted, stands)]);
    const pending = made.get(key) ?? compile(values);
    made.set(key, pending);
    pending.catch(() => made.delete(key));
    const { document, engine, plan, leaves, results } = await pending;
    last = document;
    const feeds = new Map(
      [...leaves].map(([variable, leaf]) => [
        leaf,
        variable instanceof SharedVariable
          ? variable.get_value({ borrow: true })
          : (values[inputs.indexOf(variable)] as Tensor),
      ]),
    );
    const all = await engine.run(
      new Map(plan.inputs.map((input) => [input.name, feeds.get(feedName(input)) as Tensor])),
    );
    const found = results.map((at) => new Tensor(all[at] as Tensor));
    const fresh = found.slice(found.length - updated.length);
    for (const [at, variable] of updated.entries()) checkUpdate(variable, fresh[at] as Tensor);
    for (const [at, variable] of updated.entries()) variable.set_value(fresh[at] as Tensor, { borrow: true });
    return shapeResults(outputs, found) as ResultsOf<O>;
  };
  return Object.assign(call, { document: () => last });
}

function feedName({ name, binding }: GraphPlan['inputs'][number]): string {
  return binding.kind === 'feed' ? binding.name : name;
}

function dtypeOf({ origin }: Variable): Tensor['dtype'] {
  return origin.kind === 'input' ? origin.dtype : 'float32';
}

/** A value as an input takes it. */
function accept(input: Variable, given: TensorLike): Tensor {
  const { origin, name } = input;
  const value = asTensor(given, dtypeOf(input));
  if (origin.kind === 'input' && value.ndim !== origin.ndim) {
    throw new TypeError(
      `${name ?? 'The input'} has ${origin.ndim} axes; the value given has the shape [${value.shape.join(', ')}]`,
    );
  }
  return value;
}

function listOf(outputs: Outputs): readonly Variable[] {
  if (outputs === null) return [];
  return outputs instanceof Variable ? [outputs] : Object.values(outputs);
}

function shapeResults(outputs: Outputs, found: readonly Tensor[]): unknown {
  if (outputs === null) return null;
  if (outputs instanceof Variable) return found[0];
  if (Array.isArray(outputs)) return outputs.map((_, at) => found[at]);
  return Object.fromEntries(Object.keys(outputs).map((key, at) => [key, found[at]]));
}

function checkLeaves(drawing: Drawing, inputs: readonly Variable[], unused: 'raise' | 'ignore'): void {
  for (const variable of drawing.leaves.keys()) {
    if (variable.origin.kind === 'input' && !inputs.includes(variable)) {
      throw new TypeError(`${variable.name ?? 'An input'} is needed and is not among the inputs`);
    }
  }
  const idle = unused === 'raise' ? inputs.find((input) => !drawing.leaves.has(input)) : undefined;
  if (idle) {
    throw new TypeError(
      `${idle.name ?? 'An input'} is not used: nothing depends on it, or givens stand for it. ` +
        "on_unused_input: 'ignore' allows that.",
    );
  }
}

function checkUpdate(variable: SharedVariable, value: Tensor): void {
  const { dtype, ndim } = variable.get_value({ borrow: true });
  if (value.dtype === dtype && value.ndim === ndim) return;
  const old = printType(variable.get_value({ borrow: true }));
  throw new TypeError(`The update of ${variable.name ?? 'a shared variable'}, ${old}, is ${printType(value)}`);
}

/** Shapes of the shared variables that expressions depend on, since a function is compiled for these too. */
function sharedShapes(wanted: readonly Variable[], givens: ReadonlyMap<Variable, Variable>): readonly string[] {
  const shapes: string[] = [];
  const seen = new Set<Variable>();
  const open = [...wanted];
  for (let variable = open.pop(); variable; variable = open.pop()) {
    if (seen.has(variable)) continue;
    seen.add(variable);
    if (variable instanceof SharedVariable) shapes.push(variable.get_value({ borrow: true }).shape.join());
    const stand = givens.get(variable);
    open.push(...(stand ? [stand] : inputsOf(variable)));
  }
  return shapes;
}

/** The value of one expression. */
export async function evaluate(
  expression: Variable,
  given: Readonly<Record<string, TensorLike>> | ReadonlyMap<Variable, TensorLike>,
): Promise<Tensor> {
  const leaves = collectInputs(expression);
  const values = new Map<Variable, TensorLike>();
  if (given instanceof Map) for (const [variable, value] of given) values.set(variable as Variable, value);
  else {
    for (const [name, value] of Object.entries(given)) {
      const found = leaves.find((leaf) => leaf.name === name);
      if (!found) throw new TypeError(`The expression does not depend on an input ${name}`);
      values.set(found, value as TensorLike);
    }
  }
  const call = await fn({ inputs: [...values.keys()], outputs: expression });
  return call(...values.values());
}

function collectInputs(expression: Variable): readonly Variable[] {
  const seen = new Set<Variable>();
  const open = [expression];
  for (let variable = open.pop(); variable; variable = open.pop()) {
    if (seen.has(variable)) continue;
    seen.add(variable);
    open.push(...inputsOf(variable));
  }
  return [...seen].filter(({ origin }) => origin.kind === 'input');
}
