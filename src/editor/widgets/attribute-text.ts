/** Attribute values as the text of a form field, and back. */
import { type Dim, isDimName } from '../../compiler/dims.ts';
import type { AttributeValue } from '../../compiler/document.ts';
import type { AttributeSpec } from '../../compiler/op.ts';

export type Parsed =
  | { readonly ok: true; readonly value: AttributeValue }
  | { readonly ok: false; readonly reason: string };

export function printAttribute(value: AttributeValue): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Reads what the user typed; a refusal says what would be accepted. */
export function parseAttribute(spec: AttributeSpec, text: string): Parsed {
  const trimmed = text.trim();
  switch (spec.type) {
    case 'int':
    case 'float':
      return parseNumber(spec, trimmed);
    case 'boolean':
      return trimmed === 'true' || trimmed === 'false'
        ? { ok: true, value: trimmed === 'true' }
        : refuse('Write true or false.');
    case 'choice':
      return spec.choices?.includes(trimmed)
        ? { ok: true, value: trimmed }
        : refuse(`Choose one of ${spec.choices?.join(', ')}.`);
    case 'dataset':
    case 'string':
      return { ok: true, value: trimmed };
    case 'text':
      return { ok: true, value: text };
    case 'strings':
      return { ok: true, value: items(trimmed) };
    case 'ints':
    case 'floats': {
      const values: number[] = [];
      for (const item of items(trimmed)) {
        const parsed = parseNumber(spec, item);
        if (!parsed.ok) return parsed;
        values.push(parsed.value as number);
      }
      return { ok: true, value: values };
    }
    case 'shape': {
      const dims: Dim[] = [];
      for (const item of items(trimmed.replaceAll('×', ','))) {
        if (isDimName(item)) {
          dims.push(item);
          continue;
        }
        const parsed = parseNumber({ ...spec, type: 'int' }, item);
        if (!parsed.ok) return refuse(`“${item}” is neither a whole number nor the name of a dimension.`);
        dims.push(parsed.value as number);
      }
      return { ok: true, value: dims };
    }
  }
}

function parseNumber(spec: AttributeSpec, text: string): Parsed {
  const whole = spec.type === 'int' || spec.type === 'ints';
  const plain = text.replace('\u2212', '-');
  const value = Number(plain);
  if (plain === '' || !Number.isFinite(value) || !/^[-+.\deE]+$/.test(plain)) {
    return refuse(text === '' ? 'A number is needed.' : `“${text}” is not a ${whole ? 'whole ' : ''}number.`);
  }
  if (whole && !Number.isSafeInteger(value)) return refuse(`${text} is not a whole number.`);
  if (spec.min !== undefined && value < spec.min) return refuse(`The least value is ${spec.min}.`);
  if (spec.max !== undefined && value > spec.max) return refuse(`The largest value is ${spec.max}.`);
  return { ok: true, value };
}

/** The parts of `[2, batch]`, `2, batch` or `2 batch`. */
function items(text: string): string[] {
  return text
    .replace(/^\[|\]$/g, '')
    .split(/[\s,]+/)
    .filter(Boolean);
}

function refuse(reason: string): Parsed {
  return { ok: false, reason };
}
