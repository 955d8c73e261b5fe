import type { FunctionInput, FunctionIR, FunctionOutput, OutputTarget } from '../../ir.ts';
import type { GraphInput, GraphOutput, InputBinding, OutputBinding } from '../../plan.ts';

/**
 * How rows of a data set reach a graph. resident: a whole column is an input, rows are gathered by `index`. external: the
 * column is an external initializer, rows are gathered by `index`. batch: gathered rows are an input.
 */
export type DataMode = 'resident' | 'external' | 'batch';

export const INDEX = 'index';
export const STEPS = 'steps';

/** How one input of the function is fed in the emitted graph. */
export type Feed =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'weights'; readonly name: string; readonly data: Float32Array }
  /** Rows of the tensor `column`, which is an input or an external initializer of this shape. */
  | { readonly kind: 'gather'; readonly column: string; readonly shape: readonly number[]; readonly external: boolean }
  /** An input that another Data node already takes in another shape. */
  | { readonly kind: 'reshape'; readonly name: string };

export interface Signature {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  readonly external: readonly string[];
  /** One for each input of the function. */
  readonly feeds: readonly Feed[];
  /** One for each output of the function. */
  readonly outputNames: readonly string[];
}

export interface SignatureOptions {
  readonly data: DataMode;
  readonly loop?: boolean;
  /** Shapes of whole columns, by id. */
  readonly columns?: Readonly<Record<string, readonly number[]>>;
  readonly weights?: Readonly<Record<string, Float32Array>>;
}

/** Also the path of the column as external data, so names of the user's are made harmless. */
export function columnId(dataset: string, column: string): string {
  return `${encodeURIComponent(dataset)}.${encodeURIComponent(column)}`;
}

function shapeOf(input: FunctionInput | FunctionOutput): readonly number[] {
  // Free dimensions only occur in exported graphs, whose bindings nobody reads.
  return input.value.type.shape.map((dim) => (typeof dim === 'number' ? dim : -1));
}

function outputName(target: OutputTarget): string {
  switch (target.kind) {
    case 'loss':
      return 'loss';
    case 'state':
      return `${target.slot}_next`;
    default:
      return target.name;
  }
}

function outputBinding(target: OutputTarget): OutputBinding {
  switch (target.kind) {
    case 'loss':
      return { kind: 'loss' };
    case 'state':
      return { kind: 'state', slot: target.slot };
    default:
      return { kind: target.kind, name: target.name };
  }
}

/** The inputs and outputs of the emitted graph, and how the function's own are made from them. */
export function signature(fn: FunctionIR, options: SignatureOptions): Signature {
  const inputs: GraphInput[] = [];
  const external: string[] = [];
  const feeds: Feed[] = [];
  const names = new Set<string>();
  const steps = options.loop ? [-1] : [];
  let batch = 0;

  const declare = (name: string, dtype: GraphInput['dtype'], shape: readonly number[], binding: InputBinding): Feed => {
    if (!names.has(name)) inputs.push({ name, dtype, shape, binding });
    names.add(name);
    return { kind: 'input', name };
  };

  for (const input of fn.inputs) {
    const { dtype } = input.value.type;
    const shape = shapeOf(input);
    const { source } = input;
    switch (source.kind) {
      case 'parameter':
      case 'slot': {
        const data = options.weights?.[source.slot];
        if (data) feeds.push({ kind: 'weights', name: source.slot, data });
        else feeds.push(declare(source.slot, dtype, shape, { kind: 'state', slot: source.slot }));
        break;
      }
      case 'hyperparameter':
        feeds.push(declare(source.name, dtype, steps, { kind: 'hyperparameter', name: source.name }));
        break;
      case 'feed':
        feeds.push(declare(source.name, dtype, shape, { kind: 'feed', name: source.name }));
        break;
      case 'data': {
        const column = columnId(source.dataset, source.column);
        if (options.data === 'batch') {
          const known = inputs.find((port) => port.name === column);
          const same = !known || known.shape.join() === shape.join();
          feeds.push(
            same ? declare(column, dtype, shape, { kind: 'batch', column }) : { kind: 'reshape', name: column },
          );
          break;
        }
        const whole = options.columns?.[column] ?? [];
        batch = shape[0] ?? 0;
        const isExternal = options.data === 'external';
        if (isExternal && !external.includes(column)) external.push(column);
        if (!isExternal) declare(column, dtype, whole, { kind: 'column', column });
        feeds.push({ kind: 'gather', column, shape: whole, external: isExternal });
        break;
      }
    }
  }
  if (feeds.some((feed) => feed.kind === 'gather')) declare(INDEX, 'int32', [...steps, batch], { kind: 'index' });
  if (options.loop) declare(STEPS, 'int64', [], { kind: 'steps' });

  const outputs = fn.outputs.map((output): GraphOutput => {
    const perStep = options.loop && output.target.kind !== 'state' ? steps : [];
    const shape = [...perStep, ...shapeOf(output)];
    return {
      name: outputName(output.target),
      dtype: output.value.type.dtype,
      shape,
      binding: outputBinding(output.target),
    };
  });
  return { inputs, outputs, external, feeds, outputNames: outputs.map((output) => output.name) };
}
