import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { exampleNames, loadExample } from '../gallery/examples.ts';
import { LONGEST_LINK, linkTo, readLink } from './link.ts';

const ADDRESS = 'https://example.org/wiregrad/?backend=wasm#doc=old';
const hashOf = (link: string) => new URL(link).hash;

describe('links', () => {
  test.each(exampleNames)('%s comes back as it was', async (name) => {
    const document = await loadExample(name);
    if (!document) throw new Error('no example');
    const link = await linkTo(document, ADDRESS, true);
    expect(link.slice(0, link.indexOf('#'))).toBe('https://example.org/wiregrad/');
    expect(link.length).toBeLessThan(LONGEST_LINK / 4);
    const read = await readLink(hashOf(link));
    expect(read).toMatchObject({ run: true, diagnostics: [] });
    expect(read?.document?.graph).toEqual({ ...document.graph, training: read?.document?.graph.training });
    expect(read?.document?.layout).toEqual(document.layout);
  });

  test('names in any script, options and the seed are kept', async () => {
    const made = drawing(
      { Größe: ['Constant', {}, { values: [1, 2] }], 大きさ: ['Tanh', { x: 'Größe' }] },
      {
        training: { seed: 7, batchSize: 3 },
        options: { broadcast: 'same-rank', disabledRewrites: ['*'] },
      },
    );
    const read = await readLink(hashOf(await linkTo(made, ADDRESS, false)));
    expect(read).toEqual({ document: made, run: false, diagnostics: [] });
  });

  test('what is no link of a drawing is none', async () => {
    expect(await readLink('')).toBeNull();
    expect(await readLink('#example=line-fit')).toBeNull();
  });

  test('links that were cut, changed or made up are explained', async () => {
    const whole = hashOf(await linkTo(drawing({ a: ['Tanh'] }), ADDRESS, false));
    const zeros = await linkTo({ ...drawing({}), description: '0'.repeat(17_000_000) }, ADDRESS, false);
    expect(zeros.length).toBeLessThan(LONGEST_LINK);
    const bad: readonly (readonly [string, RegExp])[] = [
      [whole.slice(0, -9), /cut off or changed/],
      [`${whole.slice(0, 30)}!!${whole.slice(30)}`, /characters that links do not have/],
      ['#doc=', /cut off|not JSON/],
      ['#doc=AAAA', /cut off or changed/],
      [hashOf(zeros), /more than 16 MB/],
      [hashOf(await linkTo({ ...drawing({}), version: 99 }, ADDRESS, false)), /version 99/],
    ];
    for (const [hash, cause] of bad) {
      const read = await readLink(hash);
      expect(read?.document, hash.slice(0, 60)).toBeNull();
      expect(read?.diagnostics).toMatchObject([{ code: 'document/link', cause: expect.stringMatching(cause) }]);
    }
  });
});
