/** The tensors that a model begins with, as nodes of the drawing, and what is to be said of it. */
import { type Diagnostic, DiagnosticError, diagnostic } from '../diagnostics.ts';
import { type Dim, isDimName } from '../dims.ts';
import type { TensorProto, ValueInfoProto } from '../onnx/onnx_pb.ts';
import type { Registry } from '../op.ts';
import { type TensorType, tensor } from '../types.ts';
import { Draft, type Wire } from './draft.ts';
import type { Entry } from './entry.ts';
import type { Frame } from './frame.ts';
import { isNumbers, type Known, LARGEST_KNOWN } from './known.ts';
import { OnnxProblem, quoted, reported } from './problem.ts';
import { dtypeOf, ELEM, type OnnxTensor, type ReadExternal, readTensor } from './tensors.ts';

/** Values of so many elements are kept in the document; larger ones are weights. */
const LARGEST_LITERAL = 4096;

export class Sources {
  readonly draft: Draft;
  readonly diagnostics: Diagnostic[] = [];
  /** Values of parameters by name. */
  readonly weights = new Map<string, Float32Array>();
  /** Names of parameters that optimizers leave alone. */
  readonly fixed = new Set<string>();
  protected readonly external: ReadExternal;
  readonly #notes = new Map<string, string[]>();
  readonly #dims = new Map<string, string>();

  constructor(registry: Registry, external: ReadExternal) {
    this.draft = new Draft(registry);
    this.external = external;
  }
  /** Subjects of things worth saying, by kind. */
  get notes(): ReadonlyMap<string, readonly string[]> {
    return this.#notes;
  }

  note(kind: string, subject: string): void {
    const list = this.#notes.get(kind);
    if (list) list.push(subject);
    else this.#notes.set(kind, [subject]);
  }

  /** Names of sizes as the model has them, by the name in the language. */
  get dims(): ReadonlyMap<string, string> {
    return new Map([...this.#dims].map(([from, to]) => [to, from]));
  }

  #dimName(text: string): string {
    const known = this.#dims.get(text);
    if (known !== undefined) return known;
    const base = isDimName(text) ? text : `d_${text.replace(/\W+/g, '_')}`;
    const taken = new Set(this.#dims.values());
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    this.#dims.set(text, name);
    return name;
  }

  /** The type that the model declares; null where it leaves shape or dtype open. */
  declaredType(info: ValueInfoProto | undefined): { readonly type: TensorType; readonly elem: number } | null {
    const value = info?.type?.value;
    if (!info || value?.case !== 'tensorType') return null;
    const { elemType: elem, shape } = value.value;
    if (!shape) return null;
    const sizes = shape.dim.map(({ value: dim }, axis): Dim => {
      if (dim.case === 'dimValue' && dim.value > 0n && dim.value < 2n ** 31n) return Number(dim.value);
      const text = dim.case === 'dimParam' && dim.value !== '' ? dim.value : `${info.name}_${axis}`;
      return this.#dimName(text);
    });
    return { type: tensor(dtypeOf(elem), sizes), elem };
  }

  /** Runs `body`; what is wrong is reported with the place, and the answer is false. */
  guard(where: string, body: () => void): boolean {
    try {
      body();
      return true;
    } catch (error) {
      this.diagnostics.push(this.#problem(error, where));
      return false;
    }
  }

  #problem(error: unknown, where: string): Diagnostic {
    if (error instanceof OnnxProblem) return reported(error, where);
    if (error instanceof DiagnosticError) {
      const { title, cause } = error.diagnostic;
      return diagnostic('onnx/operator', {}, { title: `${where}: ${title}`, cause });
    }
    if (error instanceof RangeError) throw error;
    // Operators may rely on what only a drawing that was checked has.
    const reason = error instanceof Error ? error.message : String(error);
    return diagnostic('onnx/operator', {}, { title: `${where}: it cannot be drawn`, cause: `The reason: ${reason}.` });
  }

  input(info: ValueInfoProto, frame: Frame): void {
    const declared = this.declaredType(info);
    if (!declared) {
      throw new OnnxProblem(
        'onnx/shape',
        'the model does not tell its type and number of axes',
        'Inputs need a type with a shape; sizes that differ from run to run can have names.',
      );
    }
    const { type, elem } = declared;
    const { dtype, shape } = type;
    const [wire] = this.draft.addReserved('Input', info.name, { shape, dtype });
    if (elem !== ELEM.float && dtype === 'float32') this.note('float', info.name);
    if (elem !== ELEM.int32 && dtype === 'int32') this.note('integer', info.name);
    frame.tensors.set(info.name, {
      name: info.name,
      type,
      elem,
      known: null,
      weight: null,
      wire: wire as Wire,
      place: null,
    });
  }

  initializer(proto: TensorProto, frame: Frame): void {
    const value = readTensor(proto, this.external);
    if (value.elem !== ELEM.float && dtypeOf(value.elem) === 'float32') this.note('weights', proto.name);
    frame.tensors.set(
      proto.name,
      dtypeOf(value.elem) === 'float32' ? this.#weight(proto.name, value) : this.literal(proto.name, value),
    );
  }

  #weight(name: string, value: OnnxTensor): Entry {
    const type = tensor('float32', value.shape);
    const place = (): Wire => {
      this.weights.set(name, value.values as Float32Array);
      // Single numbers are factors that were written down, not learned.
      if (value.shape.length === 0) this.fixed.add(name);
      const [wire] = this.draft.addReserved('Parameter', name, { shape: value.shape, initializer: 'zeros' });
      return wire as Wire;
    };
    return { name, type, elem: value.elem, known: null, weight: value, wire: null, place };
  }

  literal(name: string, { elem, shape, values }: OnnxTensor): Entry {
    const dtype = dtypeOf(elem);
    const type = tensor(dtype, shape);
    const known: Known = { dtype, shape, values: Array.from(values) };
    const small = values.length <= LARGEST_KNOWN;
    return {
      name,
      type,
      elem,
      known: small ? known : null,
      weight: null,
      wire: null,
      place: () => this.constant(name, known),
    };
  }

  constant(name: string, { dtype, shape, values }: Known): Wire {
    const numbers = values as readonly number[];
    const plain = numbers.length <= LARGEST_LITERAL && numbers.every(Number.isFinite);
    if (dtype === 'float32' && !plain) {
      const [wire] = this.draft.add('Parameter', name, { shape, initializer: 'zeros', trainable: false });
      const drawn = this.draft.nodes[(wire as Wire).ref.node]?.name ?? name;
      this.weights.set(drawn, Float32Array.from(numbers));
      return wire as Wire;
    }
    const [first = 0] = numbers;
    const short = numbers.length > 0 && numbers.every((value) => value === first) ? [first] : numbers;
    return this.draft.add('Constant', name, { shape, dtype, values: short })[0] as Wire;
  }

  wire = (entry: Entry): Wire => {
    if (entry.wire) return entry.wire;
    const { known, place } = entry;
    if (known && isNumbers(known.values) && known.shape.every((size) => size > 0) && !entry.weight) {
      entry.wire = this.constant(entry.name, known);
    } else if (place) entry.wire = place();
    else throw new OnnxProblem('onnx/operator', `${quoted(entry.name)} has no elements`);
    return entry.wire;
  };
}
