import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import {
  type AttributeSpecs,
  type AttributesOf,
  defineOp,
  type InferContext,
  type NoGradient,
  type OpRecord,
  type OpSpec,
} from '../compiler/op.ts';
import { checkDtypes, FLOAT, operand } from './common.ts';

interface UnaryContext<A> {
  readonly b: Builder;
  readonly x: Value;
  readonly attributes: A;
}

interface UnaryGradientContext<A> extends UnaryContext<A> {
  readonly y: Value;
  readonly g: Value;
}

type Parts = 'inputs' | 'outputs' | 'infer' | 'gradient' | 'lower';

interface UnarySpec<S extends AttributeSpecs, A = AttributesOf<S>> extends Omit<OpSpec<S, A>, Parts> {
  /** dtypes of x; float32 by default. */
  readonly dtypes?: OpSpec<S, A>['inputs'][number]['dtypes'];
  /** Checks of attributes beyond their types. */
  readonly check?: (ctx: InferContext<A>) => void;
  readonly gradient: ((ctx: UnaryGradientContext<A>) => Value) | NoGradient;
  readonly lower?: (ctx: UnaryContext<A>) => Value;
}

/** A record of an operator y = f(x), element by element: y has the type of x. */
export function defineUnary<const S extends AttributeSpecs>(spec: UnarySpec<S>): OpRecord {
  const { dtypes = FLOAT, check, gradient, lower, cases = [['f32[batch,3]']], ...rest } = spec;
  const inputs = [{ name: 'x', doc: 'Any shape.', dtypes }];
  return defineOp<S>({
    ...rest,
    cases,
    inputs,
    outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
    infer: (ctx) => {
      check?.(ctx);
      return checkDtypes(ctx, inputs);
    },
    gradient:
      typeof gradient === 'function'
        ? ({ b, x, y, g, attributes }) => [
            () => gradient({ b, x: operand(x, 0), y: operand(y, 0), g: operand(g, 0), attributes }),
          ]
        : gradient,
    ...(lower && { lower: ({ b, x, attributes }) => [lower({ b, x: operand(x, 0), attributes })] }),
  });
}
