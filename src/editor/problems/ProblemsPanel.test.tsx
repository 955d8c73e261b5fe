import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, test, vi } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { editor } from '../store/editor.ts';
import { ProblemsPanel } from './ProblemsPanel.tsx';

const blank = emptyDocument('test');
const parameter = (id: string, shape: number[]) => ({ id, op: 'Parameter', name: id, attributes: { shape } });
const wire = (source: string, port: string) => ({
  id: `${source}-${port}`,
  source: { node: source, port: 'value' },
  target: { node: 'product', port },
});
const [left, right] = ['a', 'b'];
const mismatch: GraphDocument = {
  ...blank,
  graph: {
    ...blank.graph,
    nodes: {
      A: parameter('A', [3, 5]),
      B: parameter('B', [7, 2]),
      product: { id: 'product', op: 'MatMul', name: 'product', attributes: {} },
    },
    edges: { 'A-a': wire('A', left), 'B-b': wire('B', right) },
  },
};

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  editor.session.set({ problems: [] });
  editor.document.load(mismatch);
  render(
    <Tooltip.Provider>
      <ProblemsPanel />
    </Tooltip.Provider>,
  );
});

test('a fix repairs the document as one step and the problem goes', () => {
  expect(screen.getByText('Error 1')).toBeInstanceOf(HTMLElement);
  fireEvent.click(screen.getByRole('button', { name: /Change B to \[5, 2\]/ }));
  expect(editor.document.getState().document.graph.nodes.B?.attributes.shape).toEqual([5, 2]);
  expect(screen.queryByText('Error 1')).toBeNull();
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(mismatch);
});

test('evidence leads to the node that fixed the size', () => {
  fireEvent.click(screen.getByRole('button', { name: /comes from Parameter B/ }));
  expect(editor.ui.getState().selection.nodes).toEqual(['B']);
});
