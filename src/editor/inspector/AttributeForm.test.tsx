import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, test, vi } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { editor } from '../store/editor.ts';
import { NodeInspector } from './NodeInspector.tsx';

const blank = emptyDocument('test');
const document: GraphDocument = {
  ...blank,
  graph: {
    ...blank.graph,
    nodes: { W: { id: 'W', op: 'Parameter', name: 'W', attributes: { shape: [3, 2], initializer: 'normal' } } },
  },
};

const attributes = () => editor.document.getState().document.graph.nodes.W?.attributes;

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  editor.document.load(document);
  render(
    <Tooltip.Provider>
      <NodeInspector id="W" />
    </Tooltip.Provider>,
  );
});

test('Enter commits a shape as one undoable step', () => {
  const field = screen.getByLabelText('shape');
  fireEvent.change(field, { target: { value: '[5, 7]' } });
  expect(attributes()?.shape).toEqual([3, 2]);
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(attributes()?.shape).toEqual([5, 7]);
  expect(screen.getByText('f32[5,7]')).toBeInstanceOf(HTMLElement);
  fireEvent.click(screen.getByLabelText('trainable'));
  expect(attributes()?.trainable).toBe(false);
  editor.document.undo();
  editor.document.undo();
  expect(attributes()).toEqual(document.graph.nodes.W?.attributes);
});

test('what is no value stays in the field with the reason, and out of the document', () => {
  const field = screen.getByLabelText('std');
  fireEvent.change(field, { target: { value: '-1' } });
  fireEvent.blur(field);
  expect(field).toHaveProperty('value', '-1');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('The least value is 0.')).toBeInstanceOf(HTMLElement);
  expect(attributes()?.std).toBeUndefined();
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(field).toHaveProperty('value', '0.1');
  expect(field.getAttribute('aria-invalid')).toBeNull();
});

test('what the compiler refuses shows at the attribute', () => {
  const field = screen.getByLabelText('shape');
  fireEvent.change(field, { target: { value: '0, 2' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(attributes()?.shape).toEqual([0, 2]);
  expect(field.getAttribute('aria-invalid')).toBe('true');
});

test('arrow keys step a number; a burst of them is one step of history', () => {
  const field = screen.getByLabelText('seed');
  for (let press = 0; press < 3; press++) fireEvent.keyDown(field, { key: 'ArrowUp' });
  expect(attributes()?.seed).toBe(2);
  editor.document.undo();
  expect(attributes()?.seed).toBeUndefined();
});

test('attributes of another initializer are hidden', () => {
  expect(screen.queryByLabelText('high')).toBeNull();
  fireEvent.change(screen.getByLabelText('initializer'), { target: { value: 'uniform' } });
  expect(screen.getByLabelText('high')).toBeInstanceOf(HTMLElement);
  expect(screen.queryByLabelText('std')).toBeNull();
});
