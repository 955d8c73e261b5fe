/**
 * The canvas as an SVG that stands alone: its texts are texts, its fonts are the reader's, and it refers to nothing. Live
 * values are not in it; where nodes show them it says which operator a node is.
 */
import type { NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { type DerivedGraph, portKey } from '../../compiler/result.ts';
import { printType } from '../../compiler/types.ts';
import { routePath } from '../canvas/curves.ts';
import { layoutDerived } from '../canvas/derived-layout.ts';
import { derivedWires } from '../canvas/derived-wires.ts';
import { createFlowEdges, type FlowEdge, labelBox, rectOfNode, wireRoute } from '../canvas/flow-edges.ts';
import { createFlowNodes, type FlowNode } from '../canvas/flow-nodes.ts';
import { boundsOf, noteText, type Rect } from '../canvas/geometry.ts';
import { gradientName } from '../store/gradient-names.ts';
import { memberIndex, portSpec } from '../store/graph-index.ts';
import type { DocumentState, Layer } from '../store/types.ts';
import {
  estimate,
  FONTS,
  type Font,
  fitting,
  type Measure,
  PICTURE_THEMES,
  type PictureTheme,
  wrapped,
} from './picture-theme.ts';

export interface PictureOptions {
  readonly registry: Registry;
  readonly theme: 'light' | 'dark';
  /** Without, what lies below shows. */
  readonly background: boolean;
  /** These nodes and the wires among them; all if left out. */
  readonly nodes?: readonly NodeId[];
  readonly derived?: DerivedGraph;
  readonly layers?: Readonly<Record<Layer, boolean>>;
  readonly measure?: Measure;
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 32;
const STRIP = 38;
const NAME: Font = { family: 'sans', size: 13, weight: 600 };
const TYPE: Font = { family: 'mono', size: 11 };
const DETAIL: Font = { family: 'sans', size: 11 };
const PORT: Font = { family: 'sans', size: 10 };
const LABEL: Font = { family: 'mono', size: 10 };
const NOTE: Font = { family: 'sans', size: 13 };

/** Characters that XML cannot have are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function tag(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : ` ${key}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escaped(value)}"`,
  );
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`;
}

function words(text: string, x: number, y: number, font: Font, fill: string, more: Attributes = {}): string {
  const { family, size, weight } = font;
  return tag(
    'text',
    { x, y, fill, 'font-family': FONTS[family], 'font-size': size, 'font-weight': weight, ...more },
    escaped(text),
  );
}

/** What all parts of one picture are drawn with. */
interface Pen {
  readonly state: DocumentState;
  readonly registry: Registry;
  readonly colours: PictureTheme;
  readonly measure: Measure;
}

/** Ok ●, warning ▲, error ■, as on the canvas. */
function statusMark(node: FlowNode, { state, colours }: Pen): string {
  const [x, y] = [(node.width ?? 0) - 14, 14];
  const found = state.check.diagnostics.filter(({ place }) => place.node === node.id);
  if (found.some(({ severity }) => severity === 'error'))
    return tag('rect', { x: x - 4, y: y - 4, width: 8, height: 8, fill: colours.error });
  if (found.some(({ severity }) => severity === 'warning'))
    return tag('path', { d: `M${x},${y - 5}l5,9h-10z`, fill: colours.warning });
  return tag('circle', { cx: x, cy: y, r: 3, fill: colours.faint });
}

function box(node: FlowNode, stroke: string, colours: PictureTheme, more: Attributes = {}): string {
  const { width = 0, height = 0 } = node;
  return tag('rect', {
    x: 0.5,
    y: 0.5,
    width: width - 1,
    height: height - 1,
    rx: 7.5,
    fill: colours.node,
    stroke,
    ...more,
  });
}

function titleRow(
  glyph: string,
  name: string,
  hue: string,
  width: number,
  { colours, measure }: Pen,
  font: Font,
): string {
  return (
    words(glyph, 16, 19, { family: 'serif', size: 14 }, hue, { 'text-anchor': 'middle' }) +
    words(fitting(name, width - 54, font, measure), 30, 19, font, colours.text)
  );
}

function opNode(node: FlowNode, pen: Pen): string {
  const { state, registry, colours, measure } = pen;
  const drawn = state.document.graph.nodes[node.id];
  if (!drawn) return '';
  const record = registry.get(drawn.op);
  const { width = 0, height = 0, data } = node;
  const role = data.role === 'note' ? 'forward' : data.role;
  const hue = colours[role];
  const found = state.check.diagnostics.filter(({ place }) => place.node === node.id);
  const worst = (['error', 'warning'] as const).find((each) => found.some(({ severity }) => severity === each));
  const stroke = worst ? colours[worst] : role === 'forward' ? colours['border-strong'] : hue;
  const output = node.handles?.find(({ type }) => type === 'source')?.id;
  const type = output ? state.check.types.get(portKey(node.id, output)) : undefined;
  // Shapes are in the type.
  const values = Object.entries(drawn.attributes).flatMap(([name, value]) =>
    name === 'shape' ? [] : `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`,
  );
  const detail = [drawn.op, ...values].join(' · ');
  const top = height - STRIP;
  return [
    box(node, stroke, colours, { 'stroke-width': worst === 'error' ? 2 : undefined }),
    titleRow(record?.glyph ?? '?', drawn.name, hue, width, pen, NAME),
    statusMark(node, pen),
    type ? words(fitting(printType(type), width - 20, TYPE, measure), 10, 40, TYPE, colours.muted) : '',
    tag('path', { d: `M1,${top}H${width - 1}`, stroke: colours.border }),
    words(fitting(detail, width - 20, DETAIL, measure), 10, top + 23, DETAIL, colours.faint),
    ...ports(node, hue, pen),
  ].join('');
}

function ports(node: FlowNode, hue: string, { state, registry, colours }: Pen): readonly string[] {
  const { graph } = state.document;
  const record = registry.get(graph.nodes[node.id]?.op ?? '');
  const edges = Object.values(graph.edges);
  const several = (type: string) => (node.handles?.filter((handle) => handle.type === type).length ?? 0) > 1;
  return (node.handles ?? []).map(({ id = '', type, x, y }) => {
    const port = id ?? '';
    const isInput = type === 'target';
    const spec = record && portSpec(isInput ? record.inputs : record.outputs, port);
    const isWired = edges.some(({ target }) => target.node === node.id && target.port === port);
    const gradient = isInput ? null : gradientName(graph, registry, { node: node.id, port });
    const member = spec?.variadic ? memberIndex(port, spec.name) : null;
    const name = gradient ?? (member === null ? port : `${spec?.name} ${member + 1}`);
    const isFree = isInput && spec?.variadic && !isWired;
    const label =
      (gradient !== null || several(type)) && !isFree
        ? words(name, isInput ? x - 8 : x + 8, y - 5, PORT, colours.muted, {
            'text-anchor': isInput ? 'end' : 'start',
            stroke: colours.bg,
            'stroke-width': 3,
            'paint-order': 'stroke',
          })
        : '';
    if (isInput && isWired) return label;
    const isOpen = isInput && !spec?.optional && !spec?.variadic;
    const look = isInput
      ? { r: 4, fill: isOpen ? colours.text : colours.node, stroke: isOpen ? colours.text : colours['border-strong'] }
      : { r: 3, fill: hue };
    return label + tag('circle', { cx: x, cy: y, ...look });
  });
}

function noteNode(node: FlowNode, { state, registry, colours, measure }: Pen): string {
  const drawn = state.document.graph.nodes[node.id];
  const text = noteText(registry.get(drawn?.op ?? ''), drawn?.attributes ?? {});
  return wrapped(text, (node.width ?? 0) - 20, NOTE, measure)
    .map((line, at) => words(line, 12, 24 + 20 * at, NOTE, colours.muted))
    .join('');
}

function ghost(node: FlowNode, derived: DerivedGraph, pen: Pen): string {
  const { colours, measure } = pen;
  const found = derived.nodes.find(({ id }) => id === node.id);
  if (!found) return '';
  const { width = 0 } = node;
  const hue = colours[found.role];
  const type = found.type ? printType(found.type) : '';
  return (
    box(node, hue, colours, { 'stroke-dasharray': '3 3' }) +
    titleRow(found.role === 'backward' ? '∇' : '↻', found.title, hue, width, pen, { ...NAME, weight: 400 }) +
    words(fitting(type, width - 20, TYPE, measure), 10, 40, TYPE, colours.muted)
  );
}

function arrow(id: string, fill: string): string {
  const marker = { id, viewBox: '0 0 8 8', refX: 3, refY: 4, markerWidth: 8, markerHeight: 8 };
  const more = { markerUnits: 'userSpaceOnUse', orient: 'auto' };
  return tag('marker', { ...marker, ...more }, tag('path', { d: 'M0,0.5L8,4L0,7.5Z', fill }));
}

function lookOf({ data }: FlowEdge): 'forward' | 'backward' | 'update' | 'error' | 'border-strong' {
  if (data?.wrong) return 'error';
  return data?.blocked ? 'border-strong' : (data?.role ?? 'forward');
}

function line(d: string, look: string, stroke: string): string {
  const dashes = look === 'backward' || look === 'error' ? '6 4' : undefined;
  const more = { 'stroke-dasharray': dashes, 'marker-end': `url(#arrow-${look})` };
  return tag('path', { d, fill: 'none', stroke, 'stroke-width': 1.75, ...more });
}

/** Null where there is nothing to be seen. */
export function pictureOf(state: DocumentState, options: PictureOptions): Picture | null {
  const { registry, theme, background, derived, layers, measure = estimate } = options;
  const colours = PICTURE_THEMES[theme];
  const pen: Pen = { state, registry, colours, measure };
  const chosen = options.nodes && new Set(options.nodes);
  const basics = { state, selection: [], moved: new Map(), derived: [], selectedDerived: null };
  const all = createFlowNodes(registry)(basics);
  const nodes = all.filter(({ id }) => chosen?.has(id) ?? true);
  const rects = new Map(nodes.map((node) => [node.id, rectOfNode(node)]));
  const placed = derived && layers && !chosen ? layoutDerived(derived, rects, layers) : [];
  const ghosts = createFlowNodes(registry)({ ...basics, derived: placed }).filter(({ type }) => type === 'derived');
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = createFlowEdges(registry)({ state, selection: [], nodes: all });
  const { wires, ties } = derivedWires(derived ?? { nodes: [], edges: [] }, placed, rects, layers ?? NO_LAYERS);

  const bounds = boundsOf([...rects.values(), ...ghosts.map(rectOfNode)]);
  if (!bounds) return null;
  const frame = framed(bounds);
  const drawnWires = edges.map((edge) => wireWithLabel(edge, byId, pen));
  const at = ({ position: { x, y } }: FlowNode, content: string) =>
    tag('g', { transform: `translate(${x} ${y})` }, content);
  const { name, description } = state.document;
  const content = [
    tag('title', {}, escaped(name) || ' '),
    description ? tag('desc', {}, escaped(description)) : '',
    tag('defs', {}, LOOKS.map((look) => arrow(`arrow-${look}`, colours[look])).join('')),
    background ? tag('rect', { ...frame, fill: colours.bg }) : '',
    ...ties.map(({ from, to }) =>
      tag('path', {
        d: `M${from.x},${from.y}L${to.x},${to.y}`,
        stroke: colours['border-strong'],
        'stroke-dasharray': '2 4',
      }),
    ),
    ...wires.map(({ path, role }) => line(path, role, colours[role])),
    ...drawnWires.map(([wire]) => wire),
    ...drawnWires.map(([, label]) => label),
    ...nodes.map((node) => at(node, node.type === 'note' ? noteNode(node, pen) : opNode(node, pen))),
    ...ghosts.map((node) => at(node, ghost(node, derived ?? { nodes: [], edges: [] }, pen))),
  ];
  const { x, y, width, height } = frame;
  const root = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `${x} ${y} ${width} ${height}` };
  return { svg: tag('svg', root, content.join('\n')), width, height };
}

const LOOKS = ['forward', 'backward', 'update', 'error', 'border-strong'] as const;
const NO_LAYERS = { forward: true, backward: false, update: false };

function framed({ x, y, width, height }: Rect): Rect {
  return {
    x: Math.floor(x - MARGIN),
    y: Math.floor(y - MARGIN),
    width: Math.ceil(width + 2 * MARGIN),
    height: Math.ceil(height + 2 * MARGIN),
  };
}

/** The line, and its label, which lies over all lines. */
function wireWithLabel(
  edge: FlowEdge,
  nodes: ReadonlyMap<string, FlowNode>,
  { state, colours }: Pen,
): readonly [string, string] {
  const drawn = state.document.graph.edges[edge.id];
  const way = drawn && wireRoute(drawn, nodes);
  if (!way) return ['', ''];
  const look = lookOf(edge);
  const label = edge.data?.label ?? null;
  const wire = line(routePath(way.route), look, colours[look]);
  if (label === null) return [wire, ''];
  const { x, y, width, height } = labelBox(way.route, label);
  const middle = { 'text-anchor': 'middle', 'dominant-baseline': 'central' };
  return [
    wire,
    tag('rect', { x, y, width, height, fill: colours.bg }) +
      words(label, x + width / 2, y + height / 2, LABEL, colours.muted, middle),
  ];
}
