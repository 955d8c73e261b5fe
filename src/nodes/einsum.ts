import type { Builder } from '../compiler/builder.ts';
import { type Dim, type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { broadcastDims, printShape, tensor, tensorData } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { hasDots, lettersOf, parseEquation, printTerm, spellOut } from './einsum-equation.ts';

const port = [{ name: 'x', doc: 'One tensor for each term of the equation.', variadic: true, dtypes: FLOAT }];

const within = (letters: string, others: string) => [...letters].filter((letter) => others.includes(letter)).join('');
const without = (letters: string, others: string) => [...letters].filter((letter) => !others.includes(letter)).join('');

interface Axis {
  readonly dim: Dim;
  readonly input: number;
  readonly axis: number;
}

function inferEinsum(ctx: InferContext<{ readonly equation: string }>) {
  const types = checkDtypes(ctx, port);
  const refuse = (title: string, cause: string) =>
    ctx.fail('attribute/invalid', { title, cause, attribute: 'equation' });
  const equation = parseEquation(ctx.attributes.equation);
  if (!equation) {
    return refuse(
      `${ctx.attributes.equation} is not an equation`,
      'It has a letter for each axis, commas between the inputs, and the letters of the result after an arrow: ij,jk->ik. Three dots stand for further axes.',
    );
  }
  if (equation.terms.length !== types.length) {
    return refuse(
      `the equation has ${equation.terms.length} terms, but ${types.length} inputs are wired`,
      'Commas divide the letters of the inputs.',
    );
  }
  for (const [input, term] of equation.terms.entries()) {
    const [rank, count] = [types[input]?.shape.length ?? 0, lettersOf(term).length];
    if (hasDots(term) ? count <= rank : count === rank) continue;
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(input)} is ${printShape(types[input]?.shape ?? [])}, but its term, ${printTerm(term) || 'which is empty'}, has ${count} letters`,
      port: `x.${input}`,
      attribute: 'equation',
    });
  }
  const ranks = types.map(({ shape }) => shape.length);
  const { terms, result, free } = spellOut(equation, ranks);
  if (new Set(result).size < result.length) {
    return refuse(
      `${printTerm(equation.result ?? result)} repeats a letter`,
      'The axes of the result have different letters.',
    );
  }
  const unknown = without(result, terms.join(''));
  if (unknown) return refuse(`no input has the axis ${unknown[0]} of the result`, 'The result has axes of the inputs.');
  const sizes = new Map<string, Axis>();
  for (const [input, letters] of terms.entries()) {
    for (const [axis, letter] of [...letters].entries()) {
      const here: Axis = { dim: types[input]?.shape[axis] ?? 1, input, axis };
      const known = sizes.get(letter) ?? here;
      const broadcasts = free.includes(letter);
      const dim = broadcasts ? broadcastDims(known.dim, here.dim) : known.dim === here.dim ? here.dim : null;
      if (dim === null) {
        ctx.fail(broadcasts ? 'shape/broadcast' : 'shape/mismatch', {
          title: `${broadcasts ? 'an axis of the dots' : letter} is ${known.dim} in ${ctx.nameOf(known.input)}, but ${here.dim} in ${ctx.nameOf(input)}`,
          cause: broadcasts
            ? 'The axes that dots stand for are aligned at the last one; sizes have to be equal or one of them 1.'
            : 'Axes of one letter have one size.',
          port: `x.${input}`,
          conflict: [
            [known.input, known.axis],
            [input, axis],
          ],
        });
      }
      sizes.set(letter, known.dim === dim ? known : here);
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

/** The operands with letters for their axes, without axes of size 1 that the dots of another one stretch. */
function spelled(b: Builder, text: string, x: readonly (Value | null)[]) {
  const equation = parseEquation(text);
  if (!equation) throw new Error(`${text} is not an equation`);
  const values = x.map((_, at) => operand(x, at));
  const { terms, result, free } = spellOut(
    equation,
    values.map(({ type }) => type.shape.length),
  );
  const all = terms.map((letters, at): Term => ({ letters, value: operand(values, at) }));
  const long = (letter: string) => all.some((term) => term.letters.includes(letter) && dimsOf(term, letter)[0] !== 1);
  const operands = all.map((term): Term => {
    const stretched = [...term.letters].filter(
      (letter) => free.includes(letter) && dimsOf(term, letter)[0] === 1 && long(letter),
    );
    const letters = without(term.letters, stretched.join(''));
    return { letters, value: b.reshape(term.value, dimsOf(term, letters)) };
  });
  return { operands, result };
}

/** Takes the diagonal of axes that have one letter, until all have letters of their own. */
function diagonals(b: Builder, { letters, value }: Term): Term {
  const axis = [...letters].findIndex((letter, at) => letters.indexOf(letter) !== at);
  if (axis < 0) return { letters, value };
  const first = letters.indexOf(letters[axis] ?? '');
  const { shape } = value.type;
  const size = Number(shape[axis]);
  const rest = shape.flatMap((_, at) => (at === first || at === axis ? [] : [at]));
  const pairs = b.transpose(value, [first, axis, ...rest]);
  const flat = b.reshape(pairs, [size * size, ...rest.map((at) => shape[at] ?? 1)]);
  const places = Array.from({ length: size }, (_, i) => i * (size + 1));
  const diagonal = b.emit('Gather', [flat, b.constant(tensorData('int32', [size], places))], { axis: 0 });
  return diagonals(b, { letters: (letters[axis] ?? '') + rest.map((at) => letters[at]).join(''), value: diagonal });
}

/** 1 where two axes of a shape have one index, with size 1 along the others. */
function onDiagonal(b: Builder, shape: Shape, one: number, other: number): Value {
  const size = shape[one] ?? 1;
  const identity = b.emit('EyeLike', [b.full([size, size], 0)]);
  return b.reshape(
    identity,
    shape.map((dim, axis) => (axis === one || axis === other ? dim : 1)),
  );
}

/** The gradient of an operand: the product of the others and the gradient of the result, summed to its axes. */
function operandGradient(b: Builder, { letters, value }: Term, others: readonly Term[], result: Term): Value {
  const { shape } = value.type;
  const factors = [...others, result];
  const left = factors.map((term) => term.letters).join();
  const found = within([...new Set(letters)].join(''), left);
  const sums = b.emit(
    'Einsum',
    factors.map((term) => term.value),
    { equation: `${left}->${found}` },
  );
  const again = shape.flatMap((_, axis) => (letters.indexOf(letters[axis] ?? '') === axis ? [] : [axis]));
  // Along an axis that nothing else has, all elements count alike.
  const kept = shape.map((dim, axis) => (found.includes(letters[axis] ?? '') && !again.includes(axis) ? dim : 1));
  const spread = again.reduce(
    (sum, axis) => b.mul(sum, onDiagonal(b, shape, letters.indexOf(letters[axis] ?? ''), axis)),
    b.reshape(sums, kept),
  );
  return b.expand(spread, shape);
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
  aliases: [
    'Einstein summation',
    'tensordot',
    'contraction',
    'outer product',
    'bilinear',
    'np.einsum',
    'trace',
    'diagonal',
    'batched_dot',
  ],
  inputs: port,
  outputs: [{ name: 'y', doc: 'With the axes after the arrow.' }],
  attributes: {
    equation: attr.string(
      'ij,jk->ik',
      'A letter for each axis of each input, and of the result after the arrow; three dots for further axes.',
    ),
  },
  infer: inferEinsum,
  gradient: ({ b, x, g, attributes: { equation } }) => {
    const { operands, result } = spelled(b, equation, x);
    return operands.map((term, at) => () => {
      const gradient = operandGradient(b, term, operands.toSpliced(at, 1), { letters: result, value: operand(g, 0) });
      return b.reshape(gradient, operand(x, at).type.shape);
    });
  },
  lower: ({ b, x, attributes: { equation } }) => {
    const { operands, result } = spelled(b, equation, x);
    const [first, ...rest] = operands.map((term) => diagonals(b, term));
    if (!first) throw new Error('Einsum without an operand');
    const product = rest.reduce((left, right, at) => {
      const later = rest
        .slice(at + 1)
        .map(({ letters }) => letters)
        .join('');
      return contract(b, left, right, result + later);
    }, first);
    return [arrange(b, sumOut(b, product, result), result)];
  },
  doc: {
    summary: 'Products of elements, summed over the axes whose letters the result does not have.',
    formula: tex`y_{ik} = \sum_j a_{ij}\, b_{jk}\quad\text{for}\quad ij,jk \to ik`,
    gradient: tex`\bar a_{ij} = \sum_k \bar y_{ik}\, b_{jk},\quad \bar b_{jk} = \sum_i a_{ij}\, \bar y_{ik}`,
    notes:
      'Inputs are multiplied from left to right. A letter twice in a term takes the diagonal: ii is a trace. Three dots stand for all further axes, which broadcast: ...ij,...jk->...ik; where the result has no dots, they are summed. Sizes of one letter are equal.',
  },
  cases: [
    ['f32[batch,3] f32[3,5]'],
    ['f32[batch,3] f32[3,5,2] f32[5,batch]', { equation: 'ij,jkl,ki->li' }],
    ['f32[batch,3,5] f32[5]', { equation: 'abc,c->a' }],
    ['f32[batch,3,5] f32[3,batch]', { equation: 'abc,ba->cab' }],
    ['f32[batch,3,5]', { equation: 'abc->ca' }],
    ['f32[batch,3,3]', { equation: 'bii' }],
    ['f32[3,batch,3,2,batch]', { equation: 'ibikb->kb' }],
    ['f32[3,3,3] f32[3,5]', { equation: 'iii,ij->ji' }],
    ['f32[2,batch,3,5] f32[batch,5,7]', { equation: '...ij,...jk->...ik' }],
    ['f32[2,1,3] f32[batch,3]', { equation: 'a...,...' }],
    ['f32[batch,2,3] f32[1,3]', { equation: '...i,...i->i' }],
    ['f32[3,batch,3]', { equation: 'i...i->...' }],
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
    { inputs: [f32([1, 2, 3, 4], [2, 2])], attributes: { equation: 'ii->' }, outputs: [f32([5], [])] },
    {
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])],
      attributes: { equation: '...ii->...i' },
      outputs: [f32([1, 4, 5, 8], [2, 2])],
    },
    {
      inputs: [f32([1, 2, 3, 4], [2, 2])],
      attributes: { equation: 'ij->j' },
      outputs: [f32([4, 6])],
    },
  ],
});
