/** What sources check of the shape and the values they are given. */
import { isDimName } from '../compiler/dims.ts';
import type { InferContext, LocalFix } from '../compiler/op.ts';

export function checkShape(
  { attributes, fail }: InferContext<{ readonly shape: readonly (number | string)[] }>,
  named: boolean,
): void {
  for (const dim of attributes.shape) {
    const right = typeof dim === 'number' ? Number.isInteger(dim) && dim > 0 : named && isDimName(dim);
    if (right) continue;
    fail('attribute/invalid', {
      title: `Shape [${attributes.shape.join(', ')}] has the size “${dim}”`,
      cause: named
        ? 'Sizes are whole numbers above zero, or names such as batch.'
        : 'Sizes are whole numbers above zero.',
      attribute: 'shape',
    });
  }
}

/** Values as they are, as a vector. */
export function vectorFix({ length }: readonly number[]): LocalFix[] {
  if (length === 0) return [];
  const edit = { kind: 'set-attribute', attribute: 'shape', value: [length] } as const;
  return [{ label: `Change the shape to [${length}]`, safety: 'maybe', edit }];
}
