import { Builder, CONSTANT, DIM_SIZE } from '../../compiler/builder.ts';
import { isDimName, type Shape } from '../../compiler/dims.ts';
import type { NodeId } from '../../compiler/document.ts';
import { type Equation, type FunctionIR, type InputSource, isTensorData, type Value } from '../../compiler/ir.ts';
import type { Registry } from '../../compiler/op.ts';
import { columnId } from '../../compiler/phases/emit/bindings.ts';
import type { DType, TensorData } from '../../compiler/types.ts';
import { Names } from './names.ts';
import { bool, dim, float, type Helper, shapeTuple } from './rules.ts';
import { TORCH } from './table.ts';

/** What PyTorch code cannot say, with the operator that asks for it. */
export class UnwritableError extends Error {
  readonly node: NodeId | null;
  constructor(message: string, node: NodeId | null) {
    super(message);
    this.node = node;
  }
}

export interface Argument {
  readonly name: string;
  /** The column it takes rows of; null for an Input node. */
  readonly column: string | null;
}

export interface BodyContext {
  readonly registry: Registry;
  readonly nameOf: (node: NodeId) => string;
  /** Attributes of the module by slot. */
  readonly slots: ReadonlyMap<string, string>;
  /** Shapes of rows as columns have them, by id. */
  readonly rowShapes: ReadonlyMap<string, readonly number[]>;
  readonly batchSize: number;
  readonly use: (helper: Helper) => void;
  /** Keeps a constant in the module and returns how it is read. */
  readonly keep: (data: TensorData, name: string) => string;
}

const FULL: Readonly<Record<DType, string>> = {
  float32: 'torch.float32',
  int32: 'torch.int32',
  int64: 'torch.int64',
  bool: 'torch.bool',
};

function literal({ dtype, data }: TensorData): string {
  const [value = 0] = Array.from(data as ArrayLike<number>, Number);
  return dtype === 'bool' ? bool(value) : dtype === 'float32' ? float(value) : String(value);
}

/** Writes the equations of a function as statements. */
export class Body {
  readonly args: Argument[] = [];
  readonly #lines: string[] = [];
  readonly #context: BodyContext;
  readonly #names: Names;
  readonly #named = new Map<Value, string>();
  /** Constants of one number, which are written where they are used. */
  readonly #scalars = new Map<Value, TensorData>();
  /** What something is differentiated by. */
  readonly #variables = new Set<Value>();
  readonly #sizes = new Map<string, string>();

  constructor(fn: FunctionIR, context: BodyContext) {
    this.#context = context;
    const sizeNames = [...fn.inputs.map(({ value }) => value), ...fn.equations.flatMap(({ outputs }) => outputs)]
      .flatMap(({ type }) => type.shape)
      .flatMap((size) => (typeof size === 'string' ? (size.match(/[A-Za-z_]\w*/g) ?? []) : []));
    this.#names = new Names(sizeNames);
    for (const eq of fn.equations) {
      if (context.registry.get(eq.op)?.kind !== 'gradient') continue;
      for (const input of eq.inputs) if (input) this.#variables.add(input);
    }
    const used = new Set([...fn.equations.flatMap(({ inputs }) => inputs), ...fn.outputs.map(({ value }) => value)]);
    for (const { value, source } of fn.inputs) if (used.has(value)) this.#input(value, source);
    for (const eq of fn.equations) this.#equation(eq);
  }

  #input(value: Value, source: InputSource): void {
    const { slots, rowShapes } = this.#context;
    switch (source.kind) {
      case 'parameter':
      case 'slot':
        this.#named.set(value, `self.${slots.get(source.slot) ?? ''}`);
        return;
      case 'hyperparameter':
        throw new Error(`${source.name} has no place in a forward pass`);
      case 'feed':
      case 'data': {
        const column = source.kind === 'data' ? columnId(source.dataset, source.column) : null;
        const known = column === null ? undefined : this.args.find((each) => each.column === column);
        const name = known?.name ?? this.#names.take(source.kind === 'data' ? source.column : source.name);
        if (!known) this.args.push({ name, column });
        this.#size(name, value.type.shape, source.kind === 'data');
        const [, ...row] = value.type.shape;
        const stored = rowShapes.get(column ?? '');
        if (column === null || !stored || stored.join() === row.join()) this.#named.set(value, name);
        else this.#write(value, this.#names.take(`${name}_x`), `${name}.reshape(${shapeTuple([-1, ...row])})`);
        if (this.#variables.has(value)) this.#require(value);
      }
    }
  }

  /** Sizes that have names are those of the arguments. */
  #size(name: string, shape: Shape, isData: boolean): void {
    shape.forEach((size, axis) => {
      if (typeof size !== 'string' || !isDimName(size) || (isData && axis > 0)) return;
      if (!this.#sizes.has(size)) this.#sizes.set(size, `${name}.shape[${axis}]`);
    });
  }

  #require(value: Value): void {
    const name = this.#named.get(value) ?? '';
    if (value.type.dtype === 'float32' && !name.startsWith('self.')) this.#lines.push(`${name}.requires_grad_()`);
  }

  #write(value: Value, name: string, code: string): void {
    this.#named.set(value, name);
    this.#lines.push(`${name} = ${code}`);
  }

  /** The name of a value; constants are defined when they are first asked for. */
  read(value: Value): string {
    const name = this.#named.get(value);
    if (name !== undefined) return name;
    const scalar = this.#scalars.get(value);
    if (!scalar) throw new Error('A value is used before it is defined');
    const dtype = scalar.dtype === 'int32' ? `, dtype=${FULL.int32}` : '';
    if (!this.#variables.has(value)) return `torch.tensor(${literal(scalar)}${dtype})`;
    this.#write(value, this.#names.take('constant'), `torch.tensor(${literal(scalar)})`);
    this.#require(value);
    return this.read(value);
  }

  #number(value: Value): string {
    const scalar = this.#named.has(value) ? undefined : this.#scalars.get(value);
    if (!scalar || scalar.dtype === 'bool' || this.#variables.has(value)) return this.read(value);
    const text = literal(scalar);
    return text.startsWith('-') ? `(${text})` : text;
  }

  #constant(eq: Equation, name: string): void {
    const [output] = eq.outputs;
    const data = eq.attributes.value;
    if (!output || !isTensorData(data)) return;
    if (data.shape.length === 0) this.#scalars.set(output, data);
    else if (this.#variables.has(output)) {
      this.#write(output, this.#names.take(name), `${this.#context.keep(data, name)}.clone()`);
      this.#require(output);
    } else this.#named.set(output, this.#context.keep(data, name));
  }

  /** `final` is what its first output is called, where it stands for another equation. */
  #equation(eq: Equation, final?: string): void {
    const { registry, nameOf } = this.#context;
    const called = eq.origin === null ? eq.op.toLowerCase() : nameOf(eq.origin);
    if (eq.op === CONSTANT) {
      this.#constant(eq, called);
      return;
    }
    if (eq.op === DIM_SIZE) {
      const [output] = eq.outputs;
      const size = eq.attributes.dim as string | number;
      if (output) this.#write(output, this.#names.take('size'), `torch.tensor(float(${dim(size)}))`);
      return;
    }
    const code = this.#expression(eq);
    if (code === null) {
      this.#lowered(eq, final ?? this.#names.take(called));
      return;
    }
    const ports = registry.get(eq.op)?.outputs ?? [];
    const names = eq.outputs.map((_, at) => {
      if (at === 0 && final !== undefined) return final;
      return this.#names.take(at === 0 ? called : `${called}_${ports[at]?.name ?? at}`);
    });
    this.#lines.push(`${names.join(', ')} = ${code}`);
    eq.outputs.forEach((output, at) => {
      this.#named.set(output, names[at] ?? '');
      if (this.#variables.has(output)) this.#require(output);
    });
  }

  #expression(eq: Equation): string | null {
    const rule = TORCH[eq.op];
    if (!rule) return null;
    const input = (at: number): Value => {
      const value = eq.inputs[at];
      if (!value) throw new Error(`${eq.op} has no operand ${at}`);
      return value;
    };
    // Two literals would make a number of Python's, not a tensor.
    const isLiteral = (at: number) => {
      const other = eq.inputs.findIndex((value, index) => index !== at && value && !this.#scalars.has(value));
      return other >= 0;
    };
    return rule({
      x: (at) => (eq.inputs[at] ? this.read(input(at)) : 'None'),
      n: (at) => (isLiteral(at) ? this.#number(input(at)) : this.read(input(at))),
      count: eq.inputs.length,
      isGiven: (at) => Boolean(eq.inputs[at]),
      type: (at) => input(at).type,
      outputs: eq.outputs.map(({ type }) => type),
      isVariadic: this.#context.registry.get(eq.op)?.outputs.at(-1)?.variadic ?? false,
      a: eq.attributes,
      use: this.#context.use,
    });
  }

  /** What PyTorch has no word for, in the words that it is made of. */
  #lowered(eq: Equation, final: string): void {
    const { registry } = this.#context;
    const rule = registry.get(eq.op)?.lower;
    const refuse = (why: string) => new UnwritableError(`${eq.op} ${why}`, eq.origin);
    if (!rule) throw refuse('cannot be written in PyTorch');
    const b = new Builder(registry, 1 << 30);
    let results: readonly Value[];
    try {
      results = b.within(eq.origin, eq.role, () => rule({ b, x: eq.inputs, y: eq.outputs, attributes: eq.attributes }));
    } catch {
      throw refuse('needs sizes that are known only when the program runs');
    }
    for (const built of b.equations) {
      if (built.op === eq.op && this.#expression(built) === null) throw refuse('cannot be written in PyTorch');
      const ends = built.outputs[0] === results[0];
      this.#equation(built, ends ? final : undefined);
    }
    eq.outputs.forEach((output, at) => {
      const result = results[at];
      if (!result) return;
      const scalar = this.#scalars.get(result);
      if (scalar) this.#scalars.set(output, scalar);
      const name = this.#named.get(result);
      if (name !== undefined) this.#named.set(output, name);
      if (this.#variables.has(output)) this.#require(output);
    });
  }

  /** All statements, after those that name sizes. */
  lines(): readonly string[] {
    const used = new Set(this.#lines.flatMap((line) => line.match(/\b[A-Za-z_]\w*\b/g) ?? []));
    const sizes = [...this.#sizes].filter(([name]) => used.has(name)).map(([name, code]) => `${name} = ${code}`);
    const { batchSize } = this.#context;
    if (used.has('batch') && !this.#sizes.has('batch')) sizes.push(`batch = ${batchSize}`);
    return [...sizes, ...this.#lines];
  }
}
