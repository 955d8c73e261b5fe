/** The colours of both themes against the surfaces they are shown on, by the formulas of WCAG 2.2. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8');

function tokensOf(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`);
  const block = css.slice(from, css.indexOf('}', from));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ['bg', 'panel', 'panel-2', 'node'];
const TEXT = ['text', 'muted', 'faint', 'forward', 'backward', 'update', 'error', 'warning'];
/** Frames of fields, which are all that shows where to write. */
const GRAPHICS = ['control'];

describe.each([
  ['light', ':root'],
  ['dark', ':root[data-theme="dark"]'],
])('the %s theme', (_, selector) => {
  const tokens = tokensOf(selector);

  test('has every colour', () => {
    for (const name of [...SURFACES, ...TEXT, ...GRAPHICS, 'accent', 'on-accent'])
      expect(tokens[name], name).toBeDefined();
  });

  test.each(TEXT)('%s is read on every surface', (name) => {
    for (const surface of SURFACES) {
      expect(contrast(tokens[name] ?? '', tokens[surface] ?? ''), `on ${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(GRAPHICS)('%s is seen on every surface', (name) => {
    for (const surface of SURFACES) {
      expect(contrast(tokens[name] ?? '', tokens[surface] ?? ''), `on ${surface}`).toBeGreaterThanOrEqual(3);
    }
  });

  test('main buttons are read', () => {
    expect(contrast(tokens['on-accent'] ?? '', tokens.accent ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
