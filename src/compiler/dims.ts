/**
 * Dimensions: a number, or the canonical text of a polynomial in named dimensions with integer coefficients
 * ("batch", "16*batch", "batch+3"). Canonical text makes equality of dimensions equality of values.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DimBindings = Readonly<Record<string, number>>;

/** Monomial (its sorted names joined by "*", "" for the constant term) to coefficient. */
type Polynomial = Map<string, number>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map([['', dim]]);
  const result: Polynomial = new Map();
  for (const term of dim.replace(/-/g, '+-').split('+')) {
    if (term === '') continue;
    let coefficient = 1;
    const names: string[] = [];
    for (const raw of term.split('*')) {
      const negative = raw.startsWith('-');
      const factor = negative ? raw.slice(1) : raw;
      if (negative) coefficient = -coefficient;
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else names.push(factor);
    }
    const key = names.sort().join('*');
    result.set(key, (result.get(key) ?? 0) + coefficient);
  }
  return result;
}

function print(polynomial: Polynomial): Dim {
  const terms = [...polynomial].filter(([, coefficient]) => coefficient !== 0);
  if (terms.every(([names]) => names === '')) return terms[0]?.[1] ?? 0;
  terms.sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  return terms
    .map(([names, coefficient], index) => {
      const sign = coefficient < 0 ? '-' : index > 0 ? '+' : '';
      const size = Math.abs(coefficient);
      return sign + (names === '' ? size : size === 1 ? names : `${size}*${names}`);
    })
    .join('');
}

/** The terms of a dimension: coefficients of products of names; the constant term has none. */
export function monomials(dim: Dim): readonly { readonly names: readonly string[]; readonly coefficient: number }[] {
  return [...parse(dim)]
    .filter(([, coefficient]) => coefficient !== 0)
    .map(([names, coefficient]) => ({ names: names.split('*').filter(Boolean), coefficient }));
}

export function isDimName(text: string): boolean {
  return NAME.test(text);
}

/** `n`, `2*n`, `m*n+3`, … */
const DIM = /^(\d+\*)?[A-Za-z_]\w*(\*[A-Za-z_]\w*)*([+-](\d+|(\d+\*)?[A-Za-z_]\w*(\*[A-Za-z_]\w*)*))*$/;

/** Whether a text is a dimension of named sizes. */
export function isDim(text: string): boolean {
  return DIM.test(text);
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const sum = parse(a);
  for (const [names, coefficient] of parse(b)) sum.set(names, (sum.get(names) ?? 0) + coefficient);
  return print(sum);
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const product: Polynomial = new Map();
  for (const [namesA, x] of parse(a)) {
    for (const [namesB, y] of parse(b)) {
      const key = [...namesA.split('*'), ...namesB.split('*')].filter(Boolean).sort().join('*');
      product.set(key, (product.get(key) ?? 0) + x * y);
    }
  }
  return print(product);
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(b, -1));
}

/** The exact quotient, or null where it is not a dimension. */
export function divideDims(a: Dim, b: Dim): Dim | null {
  if (a === b) return 1;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b : null;
  const divisor = [...parse(b)].filter(([, coefficient]) => coefficient !== 0);
  const [only] = divisor;
  if (divisor.length !== 1 || !only) return null;
  const quotient: Polynomial = new Map();
  for (const [names, coefficient] of parse(a)) {
    const rest = names.split('*').filter(Boolean);
    for (const name of only[0].split('*').filter(Boolean)) {
      const at = rest.indexOf(name);
      if (at < 0) return null;
      rest.splice(at, 1);
    }
    if (coefficient % only[1] !== 0) return null;
    quotient.set(rest.join('*'), coefficient / only[1]);
  }
  return print(quotient);
}

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): Dim {
  return shape.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Replaces named dimensions by numbers; names without a binding stay. */
export function bindDim(dim: Dim, bindings: DimBindings): Dim {
  if (typeof dim === 'number') return dim;
  let total: Dim = 0;
  for (const [names, coefficient] of parse(dim)) {
    let term: Dim = coefficient;
    for (const name of names.split('*').filter(Boolean)) term = multiplyDims(term, bindings[name] ?? name);
    total = addDims(total, term);
  }
  return total;
}

export function bindShape(shape: Shape, bindings: DimBindings): Shape {
  return shape.map((dim) => bindDim(dim, bindings));
}
