import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check, compile } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import { loadExample } from '../gallery/examples.ts';
import { createEditor } from '../store/create-editor.ts';
import { pictureOf } from './picture.ts';
import { estimate, fitting, PICTURE_THEMES, wrapped } from './picture-theme.ts';

const base = { registry, theme: 'light', background: true } as const;

async function example(name: string) {
  const document = await loadExample(name);
  if (!document) throw new Error('no example');
  return createEditor({ registry, check, document });
}

/** Well-formed, and of these elements so many. */
function count(svg: string, element: string): number {
  const open: string[] = [];
  let found = 0;
  for (const [, end, name = '', single] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(name);
    else if (!single) open.push(name);
    if (!end && name === element) found++;
  }
  expect(open).toEqual([]);
  return found;
}

describe('pictures', () => {
  test('show every node and wire, with names and types as text, and refer to nothing', async () => {
    const editor = await example('digits-mlp');
    const { graph } = editor.document.getState().document;
    const { svg } = pictureOf(editor.document.getState(), base) ?? { svg: '' };
    const wires = Object.keys(graph.edges).length;
    expect(svg.match(/marker-end/g)).toHaveLength(wires);
    expect(count(svg, 'g')).toBe(Object.keys(graph.nodes).length);
    for (const { name } of Object.values(graph.nodes)) expect(svg).toContain(`>${name.slice(0, 8)}`);
    expect(svg).toContain('>f32[batch,64]<');
    expect(svg).not.toMatch(/href|url\((?!#)|@import|<script|foreignObject/);
  });

  test('of a selection have its nodes and the wires among them alone', async () => {
    const editor = await example('digits-mlp');
    const state = editor.document.getState();
    const [edge] = Object.values(state.document.graph.edges);
    if (!edge) throw new Error('no wire');
    const nodes = [edge.source.node, edge.target.node];
    const whole = pictureOf(state, base);
    const part = pictureOf(state, { ...base, nodes });
    expect(count(part?.svg ?? '', 'g')).toBe(2);
    expect(part?.svg.match(/marker-end/g)?.length).toBe(1);
    expect(part?.width).toBeLessThan(whole?.width ?? 0);
  });

  test('have the derived layers that are shown', async () => {
    const editor = await example('line-fit');
    const state = editor.document.getState();
    const { derived } = compile(state.document, registry);
    const layers = { forward: true, backward: true, update: false };
    const without = pictureOf(state, base);
    const withGradients = pictureOf(state, { ...base, derived, layers });
    const gradients = derived.nodes.filter(({ role }) => role === 'backward').length;
    expect(gradients).toBeGreaterThan(0);
    expect(count(withGradients?.svg ?? '', 'g') - count(without?.svg ?? '', 'g')).toBe(gradients);
    expect(withGradients?.height).toBeGreaterThan(without?.height ?? 0);
  });

  test('write any name so that XML can be read', () => {
    const name = 'a<b> & "c" \u0000\u{1f600}';
    const document = placeMissing({ ...drawing({ [name]: ['Tanh'] }), name }, registry);
    const { svg } = pictureOf(createEditor({ registry, check, document }).document.getState(), base) ?? { svg: '' };
    expect(svg).toContain('<title>a&#60;b&#62; &#38; &#34;c&#34; \u{1f600}</title>');
    expect(svg).not.toContain('\u0000');
    count(svg, 'g');
  });

  test('are none where nothing is drawn', () => {
    expect(pictureOf(createEditor({ registry, check }).document.getState(), base)).toBeNull();
  });

  test('have the colours of the page', () => {
    const css = readFileSync(new URL('../../styles.css', import.meta.url), 'utf8');
    const [, light = '', dark = ''] = css.split(/:root(?:\[data-theme="dark"\])? \{/);
    for (const [text, theme] of [
      [light, PICTURE_THEMES.light],
      [dark, PICTURE_THEMES.dark],
    ] as const) {
      for (const [name, value] of Object.entries(theme)) expect(text).toContain(`--${name}: ${value};`);
    }
  });

  test('shorten and break texts at their width', () => {
    const font = { family: 'sans', size: 10 } as const;
    expect(fitting('abcdef', 100, font, estimate)).toBe('abcdef');
    expect(fitting('abcdef', 20, font, estimate)).toBe('ab…');
    expect(wrapped('one two three\nfour', 45, font, estimate)).toEqual(['one two', 'three', 'four']);
  });
});
