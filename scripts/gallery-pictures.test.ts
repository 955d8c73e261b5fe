import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exampleNames, pictureKey, pictureKeys, readExample } from './gallery-pictures.ts';

test.each(exampleNames())('the gallery has a picture of %s as it is (npm run build && npm run pictures)', (name) => {
  expect(pictureKeys()[name]).toBe(pictureKey(readExample(name)));
  for (const theme of ['light', 'dark']) {
    const file = new URL(`../src/editor/gallery/pictures/${name}-${theme}.webp`, import.meta.url);
    expect(existsSync(file)).toBe(true);
  }
});
