import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8');

/** The colour tokens of a theme, as `name → #rrggbb`. */
function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** WCAG 2 relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each([':root', ':root[data-theme="dark"]'])('the colours of %s', (selector) => {
  const theme = tokens(selector);
  const colour = (name: string) => theme.get(name) ?? '';

  test.each(['text', 'muted', 'faint', 'forward', 'backward', 'update', 'error', 'warning'])(
    '--%s is readable',
    (name) => {
      for (const surface of ['bg', 'panel', 'panel-2', 'node']) {
        expect(contrast(colour(name), colour(surface)), surface).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  test('buttons are readable', () => {
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5);
  });
});
