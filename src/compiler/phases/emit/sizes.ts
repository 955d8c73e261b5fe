import { type Dim, monomials } from '../../dims.ts';
import type { NodeProto } from '../../onnx/onnx_pb.ts';
import type { OnnxNode } from '../../onnx/write.ts';
import { type TensorData, type TensorType, tensorData } from '../../types.ts';

/** What writing sizes needs of the writer of the graph. */
export interface SizeHost {
  unique(base: string): string;
  constant(base: string, data: TensorData): string;
  node(node: Omit<OnnxNode, 'name'>): NodeProto;
}

/** Sizes that are names in the emitted graph are read from the shapes of tensors when it runs, as int64[1]. */
export class SizeWriter {
  readonly #host: SizeHost;
  /** The tensor and axis that tell the size of a name. */
  readonly #sources = new Map<string, { readonly tensor: string; readonly axis: number }>();
  /** Tensors that hold sizes, by the text of the dim. */
  readonly #known = new Map<string, string>();

  constructor(host: SizeHost) {
    this.#host = host;
  }

  /** Tells that a tensor of this name and type is there from now on. */
  seen(name: string, { shape }: TensorType): void {
    shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !this.#sources.has(dim)) this.#sources.set(dim, { tensor: name, axis });
    });
  }

  /** The name of a tensor int64[1] that holds the size; appends to `nodes` what computes it. Throws where nothing tells it. */
  of(dim: Dim, nodes: NodeProto[]): string {
    const key = String(dim);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#write(dim, nodes);
    this.#known.set(key, name);
    return name;
  }

  #write(dim: Dim, nodes: NodeProto[]): string {
    if (typeof dim === 'number') {
      if (!Number.isInteger(dim)) throw new Error(`A shape has the size ${dim}`);
      return this.#host.constant('size', tensorData('int64', [1], dim));
    }
    const source = this.#sources.get(dim);
    if (source) {
      const attributes = {
        start: { kind: 'int', value: source.axis },
        end: { kind: 'int', value: source.axis + 1 },
      } as const;
      return this.#emit(nodes, 'Shape', [source.tensor], `size_${dim}`, attributes);
    }
    const terms = monomials(dim);
    const [only] = terms;
    if (terms.length === 1 && only?.names.length === 1 && only.coefficient === 1) {
      throw new Error(`No input tells the size ${dim}`);
    }
    return terms
      .map(({ names, coefficient }) => {
        const factors = names.map((name) => this.of(name, nodes));
        if (coefficient !== 1 || factors.length === 0) factors.push(this.of(coefficient, nodes));
        return factors.reduce((left, right) => this.#emit(nodes, 'Mul', [left, right], 'size'));
      })
      .reduce((left, right) => this.#emit(nodes, 'Add', [left, right], 'size'));
  }

  #emit(nodes: NodeProto[], op: string, inputs: string[], base: string, attributes?: OnnxNode['attributes']): string {
    const output = this.#host.unique(base);
    nodes.push(this.#host.node({ op, inputs, outputs: [output], ...(attributes && { attributes }) }));
    return output;
  }
}
