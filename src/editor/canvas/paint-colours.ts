/** The theme's colours as the painter needs them, read from CSS once per theme. */

export interface Colours {
  readonly forward: string;
  readonly backward: string;
  readonly update: string;
  readonly warning: string;
  readonly text: string;
  readonly muted: string;
  readonly faint: string;
  readonly border: string;
  readonly node: string;
  readonly font: string;
  /** For images: red, green, blue. */
  readonly rgb: { readonly [K in 'forward' | 'backward' | 'text' | 'node']: readonly [number, number, number] };
}

function parseHex(colour: string): readonly [number, number, number] {
  const hex = /^#([0-9a-f]{6})/i.exec(colour)?.[1] ?? '808080';
  const value = Number.parseInt(hex, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim() || '#808080';
  const forward = read('forward');
  const backward = read('backward');
  const text = read('text');
  const node = read('node');
  return {
    forward,
    backward,
    update: read('update'),
    warning: read('warning'),
    text,
    muted: read('muted'),
    faint: read('faint'),
    border: read('border'),
    node,
    font: `11px ${style.getPropertyValue('--font-mono').trim() || 'ui-monospace, Menlo, Consolas, monospace'}`,
    rgb: { forward: parseHex(forward), backward: parseHex(backward), text: parseHex(text), node: parseHex(node) },
  };
}
