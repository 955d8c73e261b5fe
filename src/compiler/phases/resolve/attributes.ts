import { type Diagnostic, diagnostic, type Fix } from '../../diagnostics.ts';
import { isDim } from '../../dims.ts';
import type { AttributeValue, DocumentNode } from '../../document.ts';
import type { AttributeSpec, OpRecord } from '../../op.ts';
import { didYouMean, nearest } from '../../spelling.ts';

function rangeProblem(values: readonly number[], { min, max }: AttributeSpec): string | null {
  const where = values.length > 1 ? ' everywhere' : '';
  if (min !== undefined && values.some((value) => value < min)) return `has to be at least ${min}${where}`;
  return max !== undefined && values.some((value) => value > max) ? `has to be at most ${max}${where}` : null;
}

/** Why the specification does not accept a value, to follow its name; null where it does. */
export function attributeProblem(value: AttributeValue, spec: AttributeSpec): string | null {
  const isNumbers = (items: unknown): boolean => Array.isArray(items) && items.every((item) => Number.isFinite(item));
  switch (spec.type) {
    case 'int':
    case 'float': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'has to be a number';
      if (spec.type === 'int' && !Number.isInteger(value)) return 'has to be a whole number';
      return rangeProblem([value], spec);
    }
    case 'boolean':
      return typeof value === 'boolean' ? null : 'has to be true or false';
    case 'choice':
      return spec.choices?.includes(String(value)) ? null : `has to be one of ${spec.choices?.join(', ')}`;
    case 'dataset':
    case 'string':
    case 'text':
      return typeof value === 'string' ? null : 'has to be text';
    case 'ints':
      return isNumbers(value) && (value as number[]).every(Number.isInteger)
        ? rangeProblem(value as number[], spec)
        : 'has to be a list of whole numbers';
    case 'floats':
      return isNumbers(value) ? rangeProblem(value as number[], spec) : 'has to be a list of numbers';
    case 'shape':
      return Array.isArray(value) &&
        value.every((item) => (typeof item === 'string' ? isDim(item) : Number.isInteger(item)))
        ? null
        : 'has to be a list of whole numbers and names';
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? null
        : 'has to be a list of texts';
  }
}

function unknownAttribute(node: DocumentNode, record: OpRecord, attribute: string, value: AttributeValue): Diagnostic {
  const meant = nearest(attribute, Object.keys(record.attributes));
  const spec = meant === null ? undefined : record.attributes[meant];
  const remove = { kind: 'remove-attribute', node: node.id, attribute } as const;
  const fits = meant !== null && spec && !(meant in node.attributes) && !attributeProblem(value, spec);
  const renamed: Fix[] = fits
    ? [
        {
          label: `Set ${meant} instead`,
          safety: 'maybe',
          edits: [remove, { kind: 'set-attribute', node: node.id, attribute: meant, value }],
        },
      ]
    : [];
  return diagnostic(
    'attribute/unknown',
    { node: node.id, attribute },
    {
      severity: 'warning',
      title: `${node.name}: ${record.name} has no attribute “${attribute}”${didYouMean(meant)}`,
      cause: `It is ignored. Known attributes: ${Object.keys(record.attributes).join(', ') || 'none'}.`,
      fixes: [...renamed, { label: `Remove ${attribute}`, safety: 'safe', edits: [remove] }],
    },
  );
}

/** Values that were likely meant: the nearest choice, the nearest whole number. */
function likelyValue(value: AttributeValue, { type, choices = [], min, max }: AttributeSpec): AttributeValue | null {
  if (type === 'choice') return nearest(String(value), choices);
  const number = Number(value);
  if ((type !== 'int' && type !== 'float') || typeof value === 'boolean' || !Number.isFinite(number)) return null;
  const whole = type === 'int' ? Math.round(number) : number;
  return Math.min(max ?? whole, Math.max(min ?? whole, whole));
}

/** Attributes that the operator does not have, and values it does not accept. */
export function checkAttributes(node: DocumentNode, record: OpRecord): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [attribute, value] of Object.entries(node.attributes)) {
    const spec = record.attributes[attribute];
    const place = { node: node.id, attribute };
    if (!spec) {
      found.push(unknownAttribute(node, record, attribute, value));
      continue;
    }
    const problem = attributeProblem(value, spec);
    if (!problem) continue;
    const meant = likelyValue(value, spec);
    const values = [...new Set(meant === null ? [spec.default] : [meant, spec.default])];
    found.push(
      diagnostic('attribute/invalid', place, {
        title: `${node.name}: ${attribute} ${problem}${spec.type === 'choice' && meant !== null ? didYouMean(String(meant)) : ''}`,
        cause: `It is ${JSON.stringify(value)}. What it means: ${spec.doc.replace(/\.$/, '')}.`,
        fixes: values.map((each) => ({
          label: `Set ${attribute} to ${JSON.stringify(each)}`,
          safety: 'maybe',
          edits: [{ kind: 'set-attribute', node: node.id, attribute, value: each }],
        })),
      }),
    );
  }
  return found;
}
