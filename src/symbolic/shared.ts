import type { DType } from '../compiler/types.ts';
import { asTensor, Tensor, type TensorLike } from './tensor.ts';
import { Variable } from './variable.ts';

/** A variable with a value that functions share and their updates change. */
export class SharedVariable extends Variable {
  #value: Tensor;

  constructor(value: TensorLike, name: string | null, dtype?: DType) {
    super({ kind: 'shared' }, name);
    this.#value = asTensor(value, dtype);
  }

  /** A copy, unless one borrows it: then later updates may or may not show in it. */
  get_value({ borrow = false }: { readonly borrow?: boolean } = {}): Tensor {
    return borrow ? this.#value : copy(this.#value);
  }

  /** The shape may change, the dtype stays. */
  set_value(value: TensorLike, { borrow = false }: { readonly borrow?: boolean } = {}): void {
    const given = asTensor(value, this.#value.dtype);
    this.#value = borrow ? given : copy(given);
  }
}

function copy({ dtype, shape, data }: Tensor): Tensor {
  return new Tensor({ dtype, shape, data: data.slice() });
}

/** `theano.shared`. Whole numbers are float32 too unless `dtype` says int32. */
export function shared(
  value: TensorLike,
  name: string | null = null,
  { dtype }: { readonly dtype?: DType } = {},
): SharedVariable {
  return new SharedVariable(value, name, dtype);
}
