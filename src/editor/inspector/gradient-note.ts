import { isNoGradient, type NoGradient, type OpRecord } from '../../compiler/op.ts';

const NONE: Readonly<Record<NoGradient['none'], string>> = {
  zero: 'The gradient is 0.',
  disconnected: 'No gradient passes.',
  undefined: 'There is no gradient.',
};

/** What is to be said of the gradient of an operator besides its formula; null where that says everything. */
export function gradientNote({ gradient, kind = 'operator' }: OpRecord): string | null {
  if (kind !== 'operator') return null;
  if (gradient === 'expansion') return 'Through its parts: the gradient is that of the operators it consists of.';
  return isNoGradient(gradient) ? `${NONE[gradient.none]} ${gradient.reason}` : null;
}
