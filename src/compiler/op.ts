/**
 * An operator is one record: ports, attributes, type inference, gradient, lowering, documentation, examples.
 * The palette, the inspector, connection checks, gradient tests, help and emission all read the record.
 */
import type { Builder } from './builder.ts';
import type { DocumentDatasets } from './datasets.ts';
import type { DiagnosticCode, Evidence, Fix } from './diagnostics.ts';
import type { Dim, Shape } from './dims.ts';
import type { AttributeValue } from './document.ts';
import type { IrAttributes, Target, Value } from './ir.ts';
import type { DatasetInfo, Initializer } from './plan.ts';
import type { DType, TensorData, TensorType } from './types.ts';

export type OpKind =
  | 'operator'
  | 'input'
  | 'data'
  | 'parameter'
  | 'constant'
  | 'gradient'
  | 'optimizer'
  | 'metric'
  | 'output'
  | 'note'
  | 'port'
  | 'module'
  | 'foreign';

export type Category =
  | 'Sources'
  | 'Linear'
  | 'Convolution'
  | 'Activation'
  | 'Normalization'
  | 'Recurrent'
  | 'Random'
  | 'Arithmetic'
  | 'Comparison'
  | 'Reduction'
  | 'Shape'
  | 'Indexing'
  | 'Loss'
  | 'Gradient'
  | 'Optimizer'
  | 'Result'
  | 'Module';

export interface PortSpec {
  readonly name: string;
  readonly doc: string;
  readonly optional?: boolean;
  /** Any number of wires: the members are `name.0`, `name.1`, … Only the last port can be variadic. */
  readonly variadic?: boolean;
  /** What the port takes; no entry means any dtype. */
  readonly dtypes?: readonly DType[];
}

/** The name of port number `at`; members of a variadic last port are `name.0`, `name.1`, … */
export function portName(ports: readonly PortSpec[], at: number): string {
  const last = ports.length - 1;
  const port = ports[Math.min(at, last)];
  return port?.variadic ? `${port.name}.${at - last}` : (port?.name ?? '');
}

/** The names of the first `count` ports, or of as many as there are. */
export function portNames(ports: readonly PortSpec[], count: number): string[] {
  const length = ports.at(-1)?.variadic ? count : Math.min(count, ports.length);
  return Array.from({ length }, (_, at) => portName(ports, at));
}

/** An attribute, its inspector widget and its default. `T` is the type rules see. */
export interface AttributeSpec<T extends AttributeValue = AttributeValue> {
  readonly type:
    | 'int'
    | 'float'
    | 'boolean'
    | 'string'
    | 'text'
    | 'choice'
    | 'ints'
    | 'floats'
    | 'shape'
    | 'strings'
    /** The name of a data set: one of `choices`, or of the document's own. */
    | 'dataset';
  readonly default: T;
  readonly doc: string;
  readonly choices?: readonly string[];
  /** What a choice means, in a sentence, where its name does not say it. */
  readonly explains?: Readonly<Record<string, string>>;
  readonly min?: number;
  readonly max?: number;
  /** Shown in the inspector only while this attribute has one of these values. */
  readonly when?: { readonly attribute: string; readonly is: readonly AttributeValue[] };
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;
export type AttributesOf<S extends AttributeSpecs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T> ? T : never;
};

type Options<T extends AttributeValue> = Partial<Omit<AttributeSpec<T>, 'type' | 'default'>>;

function spec<T extends AttributeValue>(
  type: AttributeSpec['type'],
  value: T,
  doc: string,
  more?: Options<T>,
): AttributeSpec<T> {
  return { type, default: value, doc, ...more };
}

/** Constructors of attribute specifications: `attr.int(-1, 'Axis to reduce')`. */
export const attr = {
  int: (value: number, doc: string, more?: Options<number>) => spec<number>('int', value, doc, more),
  float: (value: number, doc: string, more?: Options<number>) => spec<number>('float', value, doc, more),
  flag: (value: boolean, doc: string, more?: Options<boolean>) => spec<boolean>('boolean', value, doc, more),
  string: (value: string, doc: string, more?: Options<string>) => spec<string>('string', value, doc, more),
  text: (value: string, doc: string, more?: Options<string>) => spec<string>('text', value, doc, more),
  ints: (value: readonly number[], doc: string, more?: Options<readonly number[]>) =>
    spec<readonly number[]>('ints', value, doc, more),
  floats: (value: readonly number[], doc: string, more?: Options<readonly number[]>) =>
    spec<readonly number[]>('floats', value, doc, more),
  /** Sizes, each a number or a named dimension. */
  shape: (value: readonly Dim[], doc: string, more?: Options<readonly Dim[]>) =>
    spec<readonly Dim[]>('shape', value, doc, more),
  dataset: (value: string, choices: readonly string[], doc: string) => spec<string>('dataset', value, doc, { choices }),
  strings: (value: readonly string[], doc: string, more?: Options<readonly string[]>) =>
    spec<readonly string[]>('strings', value, doc, more),
  choice: <const C extends readonly [string, ...string[]]>(
    choices: C,
    value: C[number],
    doc: string,
    more?: Options<string>,
  ) => ({ ...spec<string>('choice', value, doc, more), choices }) as AttributeSpec<C[number]>,
};

/** The report of a failed inference; the phase adds the node, which the title begins with, its input types and where sizes came from. */
export interface InferFailure {
  readonly title: string;
  readonly cause?: string;
  /** Input port the message belongs to, if one is more to blame than the node. */
  readonly port?: string;
  readonly attribute?: string;
  /**
   * Sizes in conflict as (input index, axis), and the size it should have where no other input says so; the phase traces
   * each to the node that fixed it and offers to change it.
   */
  readonly conflict?: readonly (readonly [input: number, axis: number, wanted?: number])[];
  readonly evidence?: readonly Evidence[];
  /** Fixes by port name; see `Fix` for what the user sees. */
  readonly fixes?: readonly LocalFix[];
}

/** A change to the operator's own ports and attributes. */
export type LocalEdit =
  | { readonly kind: 'set-attribute'; readonly attribute: string; readonly value: AttributeValue }
  | {
      readonly kind: 'insert-on-wire';
      readonly port: string;
      readonly op: string;
      readonly attributes?: Readonly<Record<string, AttributeValue>>;
    }
  /** Exchanges the wires of two inputs. */
  | { readonly kind: 'swap-inputs'; readonly ports: readonly [string, string] };

/** A fix as an operator can state it, without knowing node ids. */
export interface LocalFix {
  readonly label: string;
  readonly safety: Fix['safety'];
  readonly edit: LocalEdit;
  /** What is done after it, in the same step. */
  readonly also?: readonly LocalEdit[];
}

/** What happens without being drawn, shown on the node: a shape that is stretched, a dtype that changes. */
export interface Badge {
  readonly kind: 'broadcast' | 'cast';
  /** `[2] + [3,1] → [3,2]` */
  readonly text: string;
}

export interface InferContext<A> {
  /** In port order; undefined for an optional input without a wire. Variadic members follow in place. */
  readonly inputs: readonly (TensorType | undefined)[];
  readonly attributes: A;
  /** Data sets of the document. */
  readonly datasets?: DocumentDatasets | undefined;
  /** The user's name for what is wired to input `i`. */
  readonly nameOf: (input: number) => string;
  readonly badge: (badge: Badge) => void;
  /** Tells which shapes an operator stretches to one; what the document's rule forbids ends inference. */
  readonly broadcasts: (shapes: readonly Shape[], result: Shape) => void;
  /** Ends inference of this node with a diagnostic. */
  readonly fail: (code: DiagnosticCode, failure: InferFailure) => never;
}

export interface RuleContext<A> {
  readonly b: Builder;
  /** Inputs in port order; null for an omitted optional one. */
  readonly x: readonly (Value | null)[];
  /** Outputs. */
  readonly y: readonly Value[];
  readonly attributes: A;
}

export interface GradientContext<A> extends RuleContext<A> {
  /** Gradients of the cost with respect to the outputs, of their types; zeros where the cost does not use one. */
  readonly g: readonly Value[];
}

/**
 * Gradients with respect to each input as thunks, so that unneeded ones are never built; null where the input is not
 * differentiable (indices, conditions). A result may have the broadcast shape: the walker sums it to the input's shape,
 * accumulates fan-out and checks arity.
 */
export type GradientRule<A> = (ctx: GradientContext<A>) => readonly ((() => Value) | null)[];

/** Why there is no gradient: zero almost everywhere, no path from float to float, or undefined. */
export interface NoGradient {
  readonly none: 'zero' | 'disconnected' | 'undefined';
  readonly reason: string;
  /** Whoever draws the operator wants no gradient, so nobody needs to be told. */
  readonly intended?: true;
}

/** What a node of kind 'gradient' sees when it is replaced by backward equations. */
export interface DifferentiateContext<A> extends Pick<RuleContext<A>, 'b' | 'attributes'> {
  readonly x: readonly Value[];
  /**
   * The gradients of the targets, summed, with respect to the inputs numbered `wrt`. Where there is none, it is reported and
   * zeros stand for it.
   */
  readonly gradients: (targets: readonly Target[], wrt: readonly number[]) => readonly Value[];
  /** The same with respect to any values, in silence; null where there is no gradient. */
  readonly differentiate: (targets: readonly Target[], wrt: readonly Value[]) => readonly (Value | null)[];
}

export interface OpDoc {
  /** One sentence. */
  readonly summary: string;
  /** LaTeX, e.g. `Y = X W + b`. */
  readonly formula?: string;
  /** The local gradient rule in LaTeX, e.g. `\bar X = \bar Y W^\top`. */
  readonly gradient?: string;
  /** What happens at ties, kinks and boundaries, and other conventions. */
  readonly notes?: string;
}

/** A runnable example: the contract suite checks the outputs on wasm, the help shows it. */
export interface OpExample<A = IrAttributes> {
  readonly inputs: readonly (TensorData | null)[];
  readonly attributes?: Partial<A>;
  readonly outputs: readonly TensorData[];
}

/**
 * Operands at which the contract suite compares shapes and derivatives with real ones, as text: `f32[batch,3]` has values in
 * ±1.9, `f32[3](0.2,2)` in 0.2 … 2, `i32[5](0,6)` whole numbers 0 … 6 that are distinct while there are enough, `bool[2]` both
 * values, and `_` is an omitted operand. Sizes are distinct primes, so that a swapped axis shows; `batch` is bound to several
 * sizes. Values keep clear of multiples of ½, where steps and kinks are.
 */
export type ContractCase = readonly [operands: string, attributes?: Readonly<Record<string, AttributeValue>>];

/** How many numbers a unit reads, and how many units read a number. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** One state tensor of an optimizer. A slot has the parameter's shape; a shared one is a scalar used by all parameters. */
export interface SlotSpec {
  readonly name: string;
  readonly initial: number;
}

export interface OptimizerContext<A> {
  readonly b: Builder;
  readonly parameter: Value;
  readonly gradient: Value;
  /** f32[] */
  readonly lr: Value;
  /** Old values, by slot name. */
  readonly slots: Readonly<Record<string, Value>>;
  /** New values of the shared slots. */
  readonly shared: Readonly<Record<string, Value>>;
  readonly attributes: A;
}

export interface OptimizerRule<A> {
  readonly slots: (attributes: A) => readonly SlotSpec[];
  readonly shared?: (attributes: A) => readonly (SlotSpec & { readonly next: (b: Builder, old: Value) => Value })[];
  /** New parameter and new slots. Formulas are PyTorch's. */
  readonly step: (ctx: OptimizerContext<A>) => {
    readonly parameter: Value;
    readonly slots: Readonly<Record<string, Value>>;
  };
  /** What stands for the gradients of all parameters that it changes, in their order; these themselves if left out. */
  readonly clip?: (b: Builder, gradients: readonly Value[], attributes: A) => readonly Value[];
  /**
   * True where the step is `parameter - lr * gradient`. Then the gradient is seeded with the learning rate instead of 1,
   * which saves a multiplication a parameter.
   */
  readonly plain?: (attributes: A) => boolean;
}

export interface OpSpec<S extends AttributeSpecs, A = AttributesOf<S>> {
  /** ONNX's name where ONNX has the operator. */
  readonly name: string;
  readonly kind?: OpKind;
  readonly category: Category;
  /** Gradient rules write it, people hardly would: the palette leaves it out. */
  readonly internal?: boolean;
  /** One or two characters for the node's title row. */
  readonly glyph: string;
  /** Theano's, NumPy's and PyTorch's words for it, for search. */
  readonly aliases?: readonly string[];
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly attributes: S;
  readonly infer: (ctx: InferContext<A>) => readonly TensorType[];
  /** 'expansion': that of the operators in its `lower`. */
  readonly gradient: GradientRule<A> | NoGradient | 'expansion';
  /** Rewrites the operator into others that have kernels. Without it the operator is emitted as the ONNX node of its name. */
  readonly lower?: (ctx: RuleContext<A>) => readonly Value[];
  /**
   * For emitted operators: attributes that ONNX takes as tensor inputs, in order after the value inputs. Numbers become
   * scalars, of float32 for `attr.float` and int64 otherwise; lists become int64 vectors.
   */
  readonly attributeInputs?: readonly (keyof S & string)[];
  /** For emitted operators: the ONNX attributes, where they differ from the record's. */
  readonly onnxAttributes?: (attributes: A) => IrAttributes;
  /** What stands for the operator outside of training: in evaluation, metrics and outputs. */
  readonly inference?: (ctx: RuleContext<A>) => readonly Value[];
  /**
   * The operator draws random numbers: after its drawn inputs it has the state f32[2] of a generator, which is a slot of its
   * own that every training step advances.
   */
  readonly random?: true;
  readonly doc: OpDoc;
  /** Every kind 'operator' has some. */
  readonly cases?: readonly ContractCase[];
  readonly examples: readonly OpExample<A>[];

  /** kind 'gradient': the equations that replace it. */
  readonly differentiate?: (ctx: DifferentiateContext<A>) => readonly Value[];
  /** kind 'constant': its value. */
  readonly constant?: (attributes: A) => TensorData;
  /**
   * kind 'parameter': how its value begins; `seed` serves where the node has none. `fans` are numbers of inputs and outputs
   * of one unit, as what reads the parameter understands its shape.
   */
  readonly initializer?: (attributes: A, seed: number, fans: Fans) => Initializer;
  /** kind 'parameter': the name of the one whose generator goes on in this one's initializer. */
  readonly drawsAfter?: (attributes: A) => string | null;
  /** The fans of a weight of this shape at input number `at`, where they are not those of [in, out] or [M, C, ...size]. */
  readonly fans?: (at: number, shape: readonly number[], attributes: A) => Fans | null;
  /** kind 'data': the data set it reads, of the document or built in, or null if there is none of that name. */
  readonly dataset?: (attributes: A, own: DocumentDatasets | undefined) => DatasetInfo | null;
  /** kind 'optimizer'. */
  readonly optimizer?: OptimizerRule<A>;
}

/** A record whose attribute types are forgotten, as phases see it. */
// biome-ignore lint/suspicious/noExplicitAny: the attribute types of different operators have no common supertype that their rules accept
export type OpRecord = OpSpec<AttributeSpecs, any>;

/** Types a record by its attribute specifications; the record itself is returned unchanged. */
export function defineOp<const S extends AttributeSpecs>(record: OpSpec<S>): OpRecord {
  return record as unknown as OpRecord;
}

export type Registry = ReadonlyMap<string, OpRecord>;

export function isNoGradient(gradient: OpRecord['gradient']): gradient is NoGradient {
  return typeof gradient === 'object';
}

/** The attributes a rule sees: those given, over the record's defaults. */
export function completeAttributes(record: OpRecord, given: IrAttributes): IrAttributes {
  const result: Record<string, IrAttributes[string]> = {};
  for (const [name, { default: value }] of Object.entries(record.attributes)) result[name] = given[name] ?? value;
  return result;
}
