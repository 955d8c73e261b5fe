/** The same graph for both pages: as many nodes and wires, at the same places. */
const COLUMNS = 40;
const ROWS = 25;
export const NODES = COLUMNS * ROWS;
export const WIRES = 1500;

export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** Node 0 of each row begins a chain; further wires join a chain to the next one. */
export const places: readonly Place[] = Array.from({ length: NODES }, (_, at) => ({
  id: `n${at}`,
  x: (at % COLUMNS) * 240,
  y: Math.floor(at / COLUMNS) * 140,
}));

export interface Ends {
  readonly source: string;
  readonly target: string;
  /** The second input of the target. */
  readonly second: boolean;
}

function allWires(): Ends[] {
  const wires: Ends[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 1; column < COLUMNS; column++) {
      const at = row * COLUMNS + column;
      wires.push({ source: `n${at - 1}`, target: `n${at}`, second: false });
    }
  }
  for (let at = COLUMNS + 1; wires.length < WIRES; at++) {
    if (at >= NODES) throw new Error(`There are only ${wires.length} wires`);
    const column = at % COLUMNS;
    if (column % 2 === 1 || (column > 0 && at < 4 * COLUMNS)) {
      wires.push({ source: `n${at - COLUMNS - 1}`, target: `n${at}`, second: true });
    }
  }
  return wires;
}

export const wires: readonly Ends[] = allWires();
