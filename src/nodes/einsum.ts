import type { Builder } from '../compiler/builder.ts';
import { type Dim, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { printShape, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const port = [{ name: 'x', doc: 'One tensor for each term of the equation.', variadic: true, dtypes: FLOAT }];

interface Equation {
  readonly terms: readonly string[];
  readonly result: string;
}

/** Without an arrow the result has the letters that occur once, in the order of the alphabet. */
function parseEquation(text: string): Equation | null {
  const equation = text.replaceAll(' ', '');
  if (!/^[a-z]*(,[a-z]*)*(->[a-z]*)?$/i.test(equation)) return null;
  const [left = '', right] = equation.split('->');
  const letters = [...left.replaceAll(',', '')].sort();
  const single = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return { terms: left.split(','), result: right ?? single.join('') };
}

function parsed(text: string): Equation {
  const equation = parseEquation(text);
  if (!equation) throw new Error(`${text} is not an equation`);
  return equation;
}

const within = (letters: string, others: string) => [...letters].filter((letter) => others.includes(letter)).join('');
const without = (letters: string, others: string) => [...letters].filter((letter) => !others.includes(letter)).join('');

function inferEinsum(ctx: InferContext<{ readonly equation: string }>) {
  const types = checkDtypes(ctx, port);
  const refuse = (title: string, cause: string) =>
    ctx.fail('attribute/invalid', { title: `${title}`, cause, attribute: 'equation' });
  const equation = parseEquation(ctx.attributes.equation);
  if (!equation) {
    return refuse(
      `${ctx.attributes.equation} is not an equation`,
      'It has a letter for each axis, commas between the inputs, and the letters of the result after an arrow: ij,jk->ik.',
    );
  }
  const { terms, result } = equation;
  if (terms.length !== types.length) {
    return refuse(
      `the equation has ${terms.length} terms, but ${types.length} inputs are wired`,
      'Commas divide the letters of the inputs.',
    );
  }
  const twice = [...terms, result].find((letters) => new Set(letters).size < letters.length);
  if (twice !== undefined) {
    return refuse(
      `${twice} repeats a letter`,
      'The axes of one tensor have different letters; diagonals are not taken.',
    );
  }
  const unknown = without(result, terms.join(''));
  if (unknown) return refuse(`no input has the axis ${unknown[0]} of the result`, 'The result has axes of the inputs.');
  const sizes = new Map<string, { readonly dim: Dim; readonly input: number; readonly axis: number }>();
  for (const [input, letters] of terms.entries()) {
    const shape = types[input]?.shape ?? [];
    if (letters.length !== shape.length) {
      ctx.fail('shape/rank', {
        title: `${ctx.nameOf(input)} is ${printShape(shape)}, but its term, ${letters || 'which is empty'}, has ${letters.length} letters`,
        port: `x.${input}`,
        attribute: 'equation',
      });
    }
    for (const [axis, letter] of [...letters].entries()) {
      const dim = shape[axis] ?? 1;
      const known = sizes.get(letter);
      if (known && known.dim !== dim) {
        ctx.fail('shape/mismatch', {
          title: `${letter} is ${known.dim} in ${ctx.nameOf(known.input)}, but ${dim} in ${ctx.nameOf(input)}`,
          cause: 'Axes of one letter have one size.',
          port: `x.${input}`,
          conflict: [
            [known.input, known.axis],
            [input, axis],
          ],
        });
      }
      if (!known) sizes.set(letter, { dim, input, axis });
    }
  }
  return [
    tensor(
      'float32',
      [...result].map((letter) => sizes.get(letter)?.dim ?? 1),
    ),
  ];
}

/** A tensor with a letter for each of its axes. */
interface Term {
  readonly letters: string;
  readonly value: Value;
}

const dimsOf = ({ letters, value }: Term, wanted: string): readonly Dim[] =>
  [...wanted].map((letter) => value.type.shape[letters.indexOf(letter)] ?? 1);

function arrange(b: Builder, { letters, value }: Term, wanted: string): Value {
  if (letters === wanted) return value;
  return b.transpose(
    value,
    [...wanted].map((letter) => letters.indexOf(letter)),
  );
}

function sumOut(b: Builder, { letters, value }: Term, kept: string): Term {
  const axes = [...letters].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  return axes.length > 0 ? { letters: within(letters, kept), value: b.reduceSum(value, axes) } : { letters, value };
}

/** The product of two terms as one of stacks of matrices, summed over the letters that are not kept. */
function contract(b: Builder, first: Term, second: Term, kept: string): Term {
  const left = sumOut(b, first, kept + second.letters);
  const right = sumOut(b, second, kept + first.letters);
  const shared = within(left.letters, right.letters);
  const [stack, inner] = [within(shared, kept), without(shared, kept)];
  const [rows, columns] = [without(left.letters, shared), without(right.letters, shared)];
  const matrices = (term: Term, ...axes: readonly [string, string]) => {
    const stacked = stack === '' ? axes : [stack, ...axes];
    const sizes = stacked.map((letters) => sizeOf(dimsOf(term, letters)));
    return b.reshape(arrange(b, term, stacked.join('')), sizes);
  };
  const [a, c] = [matrices(left, rows, inner), matrices(right, inner, columns)];
  const product = inner === '' ? b.mul(a, c) : b.matMul(a, c);
  const shape = [...dimsOf(left, stack + rows), ...dimsOf(right, columns)];
  return { letters: stack + rows + columns, value: b.reshape(product, shape) };
}

export const einsum: OpRecord = defineOp({
  name: 'Einsum',
  category: 'Linear',
  glyph: 'Σⁱ',
  aliases: ['Einstein summation', 'tensordot', 'contraction', 'outer product', 'bilinear'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'With the axes after the arrow.' }],
  attributes: {
    equation: attr.string('ij,jk->ik', 'A letter for each axis of each input, and of the result after the arrow.'),
  },
  infer: inferEinsum,
  gradient: ({ b, x, g, attributes: { equation } }) => {
    const { terms, result } = parsed(equation);
    return x.map((_, at) => () => {
      const { shape } = operand(x, at).type;
      const letters = terms[at] ?? '';
      const others = terms.toSpliced(at, 1);
      const found = within(letters, others.join('') + result);
      const factors = [...x.toSpliced(at, 1), operand(g, 0)];
      const sums = b.emit('Einsum', factors, { equation: `${[...others, result].join()}->${found}` });
      // Along an axis that nothing else has, all elements count alike.
      const kept = shape.map((dim, axis) => (found.includes(letters[axis] ?? '') ? dim : 1));
      return b.expand(b.reshape(sums, kept), shape);
    });
  },
  lower: ({ b, x, attributes: { equation } }) => {
    const { terms, result } = parsed(equation);
    const [first, ...rest] = terms.map((letters, at): Term => ({ letters, value: operand(x, at) }));
    if (!first) throw new Error('Einsum without an operand');
    const product = rest.reduce((left, right, at) => {
      const later = terms.slice(at + 2).join('');
      return contract(b, left, right, result + later);
    }, first);
    return [arrange(b, sumOut(b, product, result), result)];
  },
  doc: {
    summary: 'Products of elements, summed over the axes whose letters the result does not have.',
    formula: tex`y_{ik} = \sum_j a_{ij}\, b_{jk}\quad\text{for}\quad ij,jk \to ik`,
    gradient: tex`\bar a_{ij} = \sum_k \bar y_{ik}\, b_{jk},\quad \bar b_{jk} = \sum_i a_{ij}\, \bar y_{ik}`,
    notes:
      'Inputs are multiplied from left to right. A letter may occur once in each term, so diagonals are not taken, and there is no ellipsis; sizes of one letter are equal.',
  },
  cases: [
    ['f32[batch,3] f32[3,5]'],
    ['f32[batch,3] f32[3,5,2] f32[5,batch]', { equation: 'ij,jkl,ki->li' }],
    ['f32[batch,3,5] f32[5]', { equation: 'abc,c->a' }],
    ['f32[batch,3,5] f32[3,batch]', { equation: 'abc,ba->cab' }],
    ['f32[batch,3,5]', { equation: 'abc->ca' }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2]), f32([1, 10], [2])],
      attributes: { equation: 'ij,j->i' },
      outputs: [f32([21, 43])],
    },
    {
      inputs: [f32([1, 2]), f32([3, 4, 5])],
      attributes: { equation: 'i,j' },
      outputs: [f32([3, 4, 5, 6, 8, 10], [2, 3])],
    },
    {
      inputs: [f32([1, 2, 3, 4], [2, 2])],
      attributes: { equation: 'ij->j' },
      outputs: [f32([4, 6])],
    },
  ],
});
