import { type Equation, isTensorData } from '../../ir.ts';

const ids = new WeakMap<object, number>();
let next = 0;

/** Large tensors are compared by identity; small ones by value. */
function tensorKey(value: {
  readonly data: ArrayLike<number | bigint>;
  readonly shape: readonly number[];
  readonly dtype: string;
}): string {
  if (value.data.length <= 64)
    return `${value.dtype}[${value.shape.join()}]:${Array.from(value.data, printExact).join()}`;
  const known = ids.get(value) ?? next++;
  ids.set(value, known);
  return `#${known}`;
}

function printExact(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Equal keys mean equal values: the same operator on the same inputs with the same attributes. */
export function equationKey(eq: Equation): string {
  const attributes = Object.keys(eq.attributes)
    .sort()
    .map((name) => {
      const value = eq.attributes[name];
      return `${name}=${isTensorData(value) ? tensorKey(value) : JSON.stringify(value)}`;
    });
  return `${eq.op}(${eq.inputs.map((input) => input?.id ?? '_').join()}){${attributes.join(';')}}`;
}
