import { expect, test } from 'vitest';
import { panToSee } from './keyboard.ts';

const canvas = { x: 100, y: 50, width: 1000, height: 600 };
const padding = { top: 40, right: 36, bottom: 112, left: 36 };
const bar = { x: 400, y: 590, width: 300, height: 44 };
const node = (x: number, y: number) => ({ x, y, width: 144, height: 88 });
const pan = (x: number, y: number) => panToSee(node(x, y), canvas, [bar], padding);

test('what is seen whole stays where it is', () => {
  expect(pan(300, 300)).toBeNull();
  // Beside the bar there is room to the very edge.
  expect(pan(120, 540)).toBeNull();
});

test('what is out of sight or covered comes in as far as it has to', () => {
  expect(pan(-500, 300)).toEqual({ x: 636, y: 0 });
  expect(pan(1090, 300)).toEqual({ x: 1100 - 36 - 144 - 1090, y: 0 });
  expect(pan(450, 540)).toEqual({ x: 0, y: 650 - 112 - 88 - 540 });
});

test('what is larger than the room shows its middle', () => {
  const wide = { x: 0, y: 200, width: 2000, height: 88 };
  expect(panToSee(wide, canvas, [], padding)).toEqual({ x: (136 + 1064 - 2000) / 2, y: 0 });
});
