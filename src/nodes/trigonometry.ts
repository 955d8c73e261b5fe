import type { OpRecord } from '../compiler/op.ts';
import { f32, tex } from './common.ts';
import { defineUnary } from './unary.ts';

const sin = defineUnary({
  name: 'Sin',
  category: 'Arithmetic',
  glyph: '∿',
  attributes: {},
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Cos', [x])),
  doc: { summary: 'Sine.', formula: tex`y = \sin x`, gradient: tex`\bar x = \bar y \cos x` },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([0, 0.84147098, -0.90929743])] }],
});

const cos = defineUnary({
  name: 'Cos',
  category: 'Arithmetic',
  glyph: '∿',
  attributes: {},
  gradient: ({ b, x, g }) => b.neg(b.mul(g, b.emit('Sin', [x]))),
  doc: { summary: 'Cosine.', formula: tex`y = \cos x`, gradient: tex`\bar x = -\bar y \sin x` },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([1, 0.54030231, -0.41614684])] }],
});

const tan = defineUnary({
  name: 'Tan',
  category: 'Arithmetic',
  glyph: '∿',
  attributes: {},
  gradient: ({ b, y, g }) => b.add(g, b.mul(b.mul(g, y), y)),
  doc: { summary: 'Tangent.', formula: tex`y = \tan x`, gradient: tex`\bar x = \bar y\,(1 + y^2)` },
  cases: [['f32[batch,3](-1,1)']],
  examples: [{ inputs: [f32([0, 1, -0.5])], outputs: [f32([0, 1.5574077, -0.54630249])] }],
});

const asin = defineUnary({
  name: 'Asin',
  category: 'Arithmetic',
  glyph: '∠',
  aliases: ['arcsin'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.sqrt(b.sub(b.like(x, 1), b.mul(x, x)))),
  doc: {
    summary: 'The angle with this sine.',
    formula: tex`y = \arcsin x`,
    gradient: tex`\bar x = \frac{\bar y}{\sqrt{1 - x^2}}`,
    notes: 'Not a number outside -1 … 1; the gradient is infinite at both ends.',
  },
  cases: [['f32[batch,3](-0.8,0.8)']],
  examples: [{ inputs: [f32([0, 0.5, -1])], outputs: [f32([0, 0.52359878, -1.5707963])] }],
});

const acos = defineUnary({
  name: 'Acos',
  category: 'Arithmetic',
  glyph: '∠',
  aliases: ['arccos'],
  attributes: {},
  gradient: ({ b, x, g }) => b.neg(b.div(g, b.sqrt(b.sub(b.like(x, 1), b.mul(x, x))))),
  doc: {
    summary: 'The angle with this cosine.',
    formula: tex`y = \arccos x`,
    gradient: tex`\bar x = -\frac{\bar y}{\sqrt{1 - x^2}}`,
    notes: 'Not a number outside -1 … 1; the gradient is infinite at both ends.',
  },
  cases: [['f32[batch,3](-0.8,0.8)']],
  examples: [{ inputs: [f32([0, 0.5, 1])], outputs: [f32([1.5707963, 1.0471976, 0])] }],
});

const atan = defineUnary({
  name: 'Atan',
  category: 'Arithmetic',
  glyph: '∠',
  aliases: ['arctan'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.add(b.mul(x, x), b.like(x, 1))),
  doc: {
    summary: 'The angle with this tangent.',
    formula: tex`y = \arctan x`,
    gradient: tex`\bar x = \frac{\bar y}{1 + x^2}`,
  },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([0, 0.78539816, -1.1071487])] }],
});

const sinh = defineUnary({
  name: 'Sinh',
  category: 'Arithmetic',
  glyph: 'sh',
  aliases: ['hyperbolic sine'],
  attributes: {},
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Cosh', [x])),
  doc: { summary: 'Hyperbolic sine.', formula: tex`y = \sinh x`, gradient: tex`\bar x = \bar y \cosh x` },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([0, 1.1752012, -3.6268604])] }],
});

const cosh = defineUnary({
  name: 'Cosh',
  category: 'Arithmetic',
  glyph: 'ch',
  aliases: ['hyperbolic cosine'],
  attributes: {},
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Sinh', [x])),
  doc: { summary: 'Hyperbolic cosine.', formula: tex`y = \cosh x`, gradient: tex`\bar x = \bar y \sinh x` },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([1, 1.5430806, 3.7621957])] }],
});

const asinh = defineUnary({
  name: 'Asinh',
  category: 'Arithmetic',
  glyph: 'as',
  aliases: ['arcsinh', 'arsinh'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.sqrt(b.add(b.mul(x, x), b.like(x, 1)))),
  doc: {
    summary: 'Inverse hyperbolic sine.',
    formula: tex`y = \operatorname{arsinh} x`,
    gradient: tex`\bar x = \frac{\bar y}{\sqrt{x^2 + 1}}`,
  },
  examples: [{ inputs: [f32([0, 1, -2])], outputs: [f32([0, 0.88137359, -1.4436355])] }],
});

const acosh = defineUnary({
  name: 'Acosh',
  category: 'Arithmetic',
  glyph: 'ac',
  aliases: ['arccosh', 'arcosh'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.sqrt(b.sub(b.mul(x, x), b.like(x, 1)))),
  doc: {
    summary: 'Inverse hyperbolic cosine.',
    formula: tex`y = \operatorname{arcosh} x`,
    gradient: tex`\bar x = \frac{\bar y}{\sqrt{x^2 - 1}}`,
    notes: 'Not a number below 1; the gradient is infinite at 1.',
  },
  cases: [['f32[batch,3](1.3,3)']],
  examples: [{ inputs: [f32([1, 2, 3])], outputs: [f32([0, 1.3169579, 1.7627472])] }],
});

const atanh = defineUnary({
  name: 'Atanh',
  category: 'Arithmetic',
  glyph: 'at',
  aliases: ['arctanh', 'artanh'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.sub(b.like(x, 1), b.mul(x, x))),
  doc: {
    summary: 'Inverse hyperbolic tangent.',
    formula: tex`y = \operatorname{artanh} x`,
    gradient: tex`\bar x = \frac{\bar y}{1 - x^2}`,
    notes: 'Infinite at -1 and 1, not a number beyond.',
  },
  cases: [['f32[batch,3](-0.8,0.8)']],
  examples: [{ inputs: [f32([0, 0.5, -0.75])], outputs: [f32([0, 0.54930614, -0.97295507])] }],
});

export const trigonometryOps: readonly OpRecord[] = [sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh];
