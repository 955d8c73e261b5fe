import { clone } from '@bufbuild/protobuf';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../onnx/onnx_pb.ts';
import { AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from '../onnx/onnx_pb.ts';
import { OnnxProblem } from './problem.ts';

const utf8 = new TextDecoder();

/** The attributes of a node; inside of a function those that name one of its own are replaced by what the call gives. */
export class OnnxAttributes {
  readonly #all: ReadonlyMap<string, AttributeProto>;

  constructor(node: Pick<NodeProto, 'attribute'>, call?: OnnxAttributes) {
    const all = new Map<string, AttributeProto>();
    for (const attribute of node.attribute) {
      if (attribute.refAttrName === '') all.set(attribute.name, attribute);
      else {
        const given = call ? call.#all.get(attribute.refAttrName) : undefined;
        if (given) all.set(attribute.name, Object.assign(clone(AttributeProtoSchema, given), { name: attribute.name }));
      }
    }
    this.#all = all;
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  /** The same but these. */
  without(...names: readonly string[]): OnnxAttributes {
    return new OnnxAttributes({ attribute: this.list().filter(({ name }) => !names.includes(name)) });
  }

  list(): readonly AttributeProto[] {
    return [...this.#all.values()];
  }

  #get(name: string, ...types: readonly AttributeType[]): AttributeProto | null {
    const found = this.#all.get(name);
    if (!found) return null;
    // Models of the first version do not tell the type.
    if (found.type === AttributeType.UNDEFINED || types.includes(found.type)) return found;
    const wanted = types.map((type) => AttributeType[type].toLowerCase()).join(' or ');
    throw new OnnxProblem('onnx/malformed', `its attribute ${name} is not ${wanted}`);
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  int(name: string): number | null {
    const found = this.#get(name, AttributeType.INT);
    return found && Number(found.i);
  }

  float(name: string): number | null {
    return this.#get(name, AttributeType.FLOAT)?.f ?? null;
  }

  string(name: string): string | null {
    const found = this.#get(name, AttributeType.STRING);
    return found && utf8.decode(found.s);
  }

  strings(name: string): readonly string[] | null {
    return this.#get(name, AttributeType.STRINGS)?.strings.map((text) => utf8.decode(text)) ?? null;
  }

  ints(name: string): readonly number[] | null {
    return this.#get(name, AttributeType.INTS)?.ints.map(Number) ?? null;
  }

  floats(name: string): readonly number[] | null {
    return this.#get(name, AttributeType.FLOATS)?.floats ?? null;
  }

  tensor(name: string): TensorProto | null {
    return this.#get(name, AttributeType.TENSOR)?.t ?? null;
  }

  graph(name: string): GraphProto | null {
    return this.#get(name, AttributeType.GRAPH)?.g ?? null;
  }
}
