import { type Equation, type IrAttributes, isTensorData } from '../../ir.ts';

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

const attributeKeys = new WeakMap<IrAttributes, string>();

/** Attributes are immutable and pass from one form of an equation to the next, so their text is kept. */
function attributesKey(attributes: IrAttributes): string {
  const known = attributeKeys.get(attributes);
  if (known !== undefined) return known;
  const key = Object.keys(attributes)
    .sort()
    .map((name) => {
      const value = attributes[name];
      return `${name}=${isTensorData(value) ? tensorKey(value) : JSON.stringify(value)}`;
    })
    .join(';');
  attributeKeys.set(attributes, key);
  return key;
}

/** Equal keys mean equal values: the same operator on the same inputs with the same attributes. */
export function equationKey({ op, inputs, attributes }: Equation): string {
  let key = op;
  for (const input of inputs) key += ` ${input?.id ?? '_'}`;
  return `${key} ${attributesKey(attributes)}`;
}
