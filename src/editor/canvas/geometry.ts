/** Sizes and places of what the canvas draws, in canvas pixels on a grid of 4. Pure: commands use it too. */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';
import type { Point } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Point, Size {}

export const GRID = 4;
const WIDTH = 144;
const HEIGHT = 88;
/** Middle of the first port below the node's top; with it a chain of first ports is a straight line. */
const PORT_TOP = 20;
const PORT_GAP = 24;

const NOTE_WIDTH = 240;
const NOTE_LINE = 20;
/** Characters that surely fit on a line of a note. */
const NOTE_COLUMNS = 34;

export function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}

/** Height of a port's middle below the node's top. */
export function portOffset(index: number): number {
  return PORT_TOP + index * PORT_GAP;
}

export function nodeSize(inputs: number, outputs: number): Size {
  const ports = Math.max(inputs, outputs, 1);
  return { width: WIDTH, height: Math.max(HEIGHT, portOffset(ports - 1) + PORT_TOP) };
}

/** Of Markdown: a heading is larger, a formula on lines of its own higher. */
function noteLines(line: string): number {
  const rows = Math.max(1, Math.ceil(line.length / NOTE_COLUMNS));
  if (/^#{1,3} /.test(line)) return 1.6 * rows;
  return line.startsWith('$$') ? 3 : rows;
}

export function noteSize(text: string): Size {
  const lines = Math.ceil(text.split('\n').reduce((sum, line) => sum + noteLines(line), 0));
  return { width: NOTE_WIDTH, height: Math.max(1, lines) * NOTE_LINE + 20 };
}

export function noteText(record: OpRecord | undefined, attributes: Readonly<Record<string, unknown>>): string {
  return String(attributes.text ?? record?.attributes.text?.default ?? '');
}

export function isFrame(record: OpRecord | undefined): record is OpRecord {
  return record?.name === 'Frame';
}

export function frameSize({ attributes: specs }: OpRecord, attributes: Readonly<Record<string, unknown>>): Size {
  const size = (name: 'width' | 'height') => Number(attributes[name] ?? specs[name]?.default);
  return { width: size('width'), height: size('height') };
}

export function sizeOf({ graph }: GraphDocument, registry: Registry, id: NodeId): Size {
  const node = graph.nodes[id];
  const record = registry.get(node?.op ?? '');
  if (node && isFrame(record)) return frameSize(record, node.attributes);
  if (node && record?.kind === 'note') return noteSize(noteText(record, node.attributes));
  const wires = wiresOf(graph.edges, id);
  return nodeSize(inputPorts(record, wires).length, outputPorts(record, wires).length);
}

/** Where the document says, or the origin: `placeMissing` gives every node a place when a document is opened. */
export function rectOf(document: GraphDocument, registry: Registry, id: NodeId): Rect {
  const { x, y } = document.layout.nodes[id] ?? { x: 0, y: 0 };
  return { x, y, ...sizeOf(document, registry, id) };
}

export function overlaps(a: Rect, b: Rect, margin = 0): boolean {
  return (
    a.x < b.x + b.width + margin &&
    b.x < a.x + a.width + margin &&
    a.y < b.y + b.height + margin &&
    b.y < a.y + a.height + margin
  );
}

/** The smallest rectangle around all; null for none. */
export function boundsOf(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null;
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  const right = Math.max(...rects.map((rect) => rect.x + rect.width));
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** 0, 1, -1, 2, -2, … up to `end`. */
function outwards(end: number): readonly number[] {
  return Array.from({ length: 2 * end + 1 }, (_, i) => (i % 2 === 1 ? (i + 1) / 2 : -i / 2));
}

/**
 * A place near `at` (a middle) where a rectangle of this size lies on no other, walking outwards in rings: straight below
 * or above before aside, so that on a narrow screen it stays in sight.
 */
export function freeSpot(at: Point, size: Size, taken: readonly Rect[]): Point {
  const stepX = 40;
  const stepY = 28;
  const start = { x: snap(at.x - size.width / 2), y: snap(at.y - size.height / 2) };
  for (let ring = 0; ring < 200; ring++) {
    for (const column of outwards(ring)) {
      const rows = Math.abs(column) === ring ? outwards(ring) : [ring, -ring];
      for (const row of rows) {
        const place = { x: start.x + column * stepX, y: start.y + row * stepY };
        if (!taken.some((rect) => overlaps({ ...place, ...size }, rect, 16))) return place;
      }
    }
  }
  return start;
}

/** Room between a row of nodes and a wire that runs along it. */
const LANE_GAP = 20;

type Row = Pick<Rect, 'y' | 'height'>;

/** Height of a way between the rows of two nodes; below both where they are in the same row. */
export function laneBetween(source: Row, target: Row): number {
  if (target.y > source.y + source.height) return target.y - LANE_GAP;
  const bottom = target.y + target.height;
  return bottom < source.y ? bottom + LANE_GAP : Math.max(bottom, source.y + source.height) + LANE_GAP;
}
