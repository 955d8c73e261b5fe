import { describe, expect, test } from 'vitest';
import { snapRect } from './snapping.ts';
import { wiresAcross, wiresThrough } from './wire-points.ts';

const at = (x: number, y: number, width = 100, height = 60) => ({ x, y, width, height });

describe('snapping', () => {
  test('starts, middles and ends line up within reach', () => {
    expect(snapRect(at(4, 200), [at(0, 0)], 6)).toMatchObject({ dx: -4, dy: 0 });
    expect(snapRect(at(28, 200, 40), [at(0, 0)], 6)).toMatchObject({ dx: 2, dy: 0 });
    expect(snapRect(at(300, 25, 100, 40), [at(0, 0)], 6)).toMatchObject({ dx: 0, dy: -5 });
    expect(snapRect(at(300, 300), [at(0, 0)], 6)).toEqual({ dx: 0, dy: 0, guides: [] });
  });

  test('the nearest wins, and both axes at once', () => {
    expect(snapRect(at(5, 57), [at(0, 0), at(4, 300), at(900, 60)], 6)).toMatchObject({ dx: -1, dy: 3 });
  });

  test('lines reach over all that lies on them', () => {
    const { guides } = snapRect(at(2, 200), [at(0, 0), at(0, 400)], 6);
    expect(guides).toContainEqual({ axis: 'x', at: 0, from: 0, to: 460 });
  });
});

describe('wires', () => {
  const wire = {
    id: 'e',
    bounds: at(0, 0, 200, 0),
    points: Array.from({ length: 11 }, (_, step) => ({ x: 20 * step, y: 0 })),
  };

  test('a line cuts what it crosses', () => {
    expect(
      wiresAcross(
        [wire],
        [
          { x: 50, y: -20 },
          { x: 70, y: 30 },
        ],
      ),
    ).toEqual(['e']);
    expect(
      wiresAcross(
        [wire],
        [
          { x: 50, y: -20 },
          { x: 70, y: -5 },
        ],
      ),
    ).toEqual([]);
    expect(
      wiresAcross(
        [wire],
        [
          { x: 250, y: -20 },
          { x: 250, y: 30 },
        ],
      ),
    ).toEqual([]);
    expect(wiresAcross([wire], [{ x: 50, y: -20 }])).toEqual([]);
  });

  test('a node takes a wire that runs through its middle', () => {
    expect(wiresThrough([wire], at(50, -30))).toEqual(['e']);
    expect(wiresThrough([wire], at(50, -58))).toEqual([]);
  });
});
