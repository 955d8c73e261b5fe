import { describe, expect, test } from 'vitest';
import type { DerivedGraph } from '../../compiler/result.ts';
import { addNode, moveNodes } from '../commands/nodes.ts';
import { createTestEditor, idOf } from '../commands/test-editor.ts';
import { connect } from '../commands/wires.ts';
import { layoutDerived } from './derived-layout.ts';
import { createFlowEdges } from './flow-edges.ts';
import { createFlowNodes } from './flow-nodes.ts';
import { overlaps, type Rect } from './geometry.ts';

const NO_NODES = new Map();

function chain() {
  const editor = createTestEditor();
  for (const [op, name] of [
    ['Source', 's'],
    ['Relu', 'a'],
    ['Relu', 'b'],
    ['Relu', 'c'],
  ] as const) {
    addNode.run(editor, { op, name });
  }
  for (const [from, to] of ['sa', 'ab', 'bc']) {
    connect.run(editor, {
      source: { node: idOf(editor, from ?? ''), port: 'y' },
      target: { node: idOf(editor, to ?? ''), port: 'x' },
    });
  }
  editor.ui.select([]);
  const makeNodes = createFlowNodes(editor.registry);
  const makeEdges = createFlowEdges(editor.registry);
  const flow = () => {
    const state = editor.document.getState();
    const { selection, selectedDerived } = editor.ui.getState();
    const nodes = makeNodes({ state, selection: selection.nodes, moved: NO_NODES, derived: [], selectedDerived });
    const edges = makeEdges({ state, selection: selection.edges, nodes });
    return { nodes: new Map(nodes.map((node) => [node.id, node])), edges };
  };
  return { editor, flow };
}

describe('identity', () => {
  test('moving a node makes no other node and no wire anew', () => {
    const { editor, flow } = chain();
    const before = flow();
    moveNodes.run(editor, { places: { [idOf(editor, 'c')]: { x: 4000, y: 0 } } });
    const after = flow();
    for (const name of ['s', 'a', 'b']) {
      expect(after.nodes.get(idOf(editor, name))).toBe(before.nodes.get(idOf(editor, name)));
    }
    expect(after.nodes.get(idOf(editor, 'c'))).not.toBe(before.nodes.get(idOf(editor, 'c')));
    expect(after.edges[0]).toBe(before.edges[0]);
    expect(after.edges[1]).toBe(before.edges[1]);
  });

  test('of a large graph the list of wires stays while a node is dragged, even to where its wires turn back', () => {
    const { editor, flow } = chain();
    editor.document.apply('Add many', ({ graph, layout }) => {
      for (let at = 0; at < 401; at++) {
        graph.nodes[`n${at}`] = { id: `n${at}`, op: 'Relu', name: `n${at}`, attributes: {} };
        layout.nodes[`n${at}`] = { x: 400 * at, y: 1000 };
        const source = { node: at === 0 ? idOf(editor, 'c') : `n${at - 1}`, port: 'y' };
        graph.edges[`e${at}`] = { id: `e${at}`, source, target: { node: `n${at}`, port: 'x' } };
      }
    });
    const before = flow();
    for (const [x, y] of [
      [9, 1000],
      [1300, 1040],
      [1300, 900],
      [1300, 1300],
    ] as const) {
      moveNodes.run(editor, { places: { n2: { x, y } } });
      expect(flow().edges).toBe(before.edges);
    }
  });

  test('selecting a node changes that node and the stop of the Tab key', () => {
    const { editor, flow } = chain();
    const before = flow();
    editor.ui.select([idOf(editor, 'b')]);
    const after = flow();
    const changed = [...after.nodes.values()].filter((node) => before.nodes.get(node.id) !== node);
    expect(changed.map((node) => node.id).sort()).toEqual([idOf(editor, 'b'), idOf(editor, 's')].sort());
    expect([...after.nodes.values()].filter((node) => node.domAttributes?.tabIndex === 0)).toHaveLength(1);
  });
});

describe('derived layers', () => {
  const at = (x: number, y: number): Rect => ({ x, y, width: 144, height: 88 });
  const forward = new Map([
    ['a', at(0, 0)],
    ['b', at(240, 200)],
    ['c', at(480, 400)],
    ['p', at(0, 400)],
  ]);
  const derived: DerivedGraph = {
    nodes: (['a', 'b', 'c', 'p'] as const).flatMap((of) => [
      { id: `backward:${of}`, role: 'backward', of, title: of, type: null, equations: [] } as const,
      ...(of === 'p' ? [{ id: 'update:p', role: 'update', of, title: of, type: null, equations: [] } as const] : []),
    ]),
    edges: [],
  };

  test('the backward graph is a mirror below: same columns, rows upside down, nothing overlaps', () => {
    const placed = layoutDerived(derived, forward, { forward: true, backward: true, update: true });
    expect(placed).toHaveLength(5);
    const rect = (id: string) => placed.find(({ node }) => node.id === id)?.rect ?? at(0, 0);
    for (const [of, { x }] of forward) expect(rect(`backward:${of}`).x).toBe(x);
    expect(rect('backward:c').y).toBeGreaterThan(400 + 88);
    expect(rect('backward:b').y).toBeGreaterThan(rect('backward:c').y);
    expect(rect('backward:a').y).toBeGreaterThan(rect('backward:b').y);
    for (const [index, one] of placed.entries()) {
      for (const other of placed.slice(index + 1)) expect(overlaps(one.rect, other.rect)).toBe(false);
    }
  });

  test('layers are shown one by one', () => {
    const shown = (layers: { backward: boolean; update: boolean }) =>
      layoutDerived(derived, forward, { forward: true, ...layers }).map(({ node }) => node.role);
    expect(shown({ backward: false, update: false })).toEqual([]);
    expect(shown({ backward: false, update: true })).toEqual(['update']);
    expect(new Set(shown({ backward: true, update: false }))).toEqual(new Set(['backward']));
  });
});
