/** `theano.printing.debugprint`: an expression as a tree in text. */
import { SharedVariable } from './shared.ts';
import { type Apply, inputsOf, type Variable } from './variable.ts';

function letters(number: number): string {
  return number < 26 ? String.fromCharCode(65 + number) : letters(Math.floor(number / 26) - 1) + letters(number % 26);
}

function wordOf({ origin, name }: Variable): string {
  switch (origin.kind) {
    case 'apply':
      return `${origin.apply.op}${origin.output === 0 ? '' : `.${origin.output}`}`;
    case 'deferred':
      return origin.deferred.what;
    case 'size':
      return `size of axis ${origin.axis}`;
    case 'constant': {
      const { shape, data } = origin.value;
      return shape.length === 0 ? String(data[0]) : `constant [${shape.join(', ')}]`;
    }
    case 'input':
    case 'shared':
      return name ?? origin.kind;
  }
}

/**
 * One line for each use of a value; `[id A]` marks the value, and what stands below it is written at its first use alone.
 *
 * ```
 * Add [id A] 'y'
 *  |Mul [id B]
 *  | |x [id C]
 *  | |3 [id D]
 *  |5 [id E]
 * ```
 */
export function debugprint(...expressions: readonly Variable[]): string {
  const ids = new Map<Variable | Apply, string>();
  const lines: string[] = [];
  const print = (variable: Variable, prefix: string): void => {
    const key = variable.origin.kind === 'apply' ? variable.origin.apply : variable;
    const seen = ids.get(key);
    const id = seen ?? letters(ids.size);
    ids.set(key, id);
    const leaf = variable instanceof SharedVariable || variable.origin.kind === 'input';
    const name = variable.name && !leaf ? ` '${variable.name}'` : '';
    const inputs = inputsOf(variable);
    lines.push(`${prefix}${wordOf(variable)} [id ${id}]${name}${seen && inputs.length > 0 ? ' ···' : ''}`);
    if (seen) return;
    for (const input of inputs) print(input, `${prefix.replace(/\|$/, '| ')}${prefix === '' ? ' ' : ''}|`);
  };
  for (const expression of expressions) print(expression, '');
  return lines.join('\n');
}
