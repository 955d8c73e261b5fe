import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { addNode } from '../commands/nodes.ts';
import { loadExample } from '../gallery/examples.ts';
import { createEditor } from '../store/create-editor.ts';
import { newDocument, openDocument } from './documents.ts';
import { keepReplaced, type RecentDrawing, recentDrawings, withDrawing } from './recent.ts';

function memory() {
  let list: readonly RecentDrawing[] | undefined;
  return {
    read: async () => list,
    write: async (change: (old: readonly RecentDrawing[] | undefined) => readonly RecentDrawing[]) => {
      list = change(list);
    },
  };
}

const names = () => recentDrawings.getState().list.map(({ document }) => Object.keys(document.graph.nodes).length);

describe('recent drawings', () => {
  test('an edited drawing is kept when another document is opened; an untouched example is not', async () => {
    const editor = createEditor({ registry, check });
    const example = await loadExample('line-fit');
    if (!example) throw new Error('no example');
    const storage = memory();
    const stop = await keepReplaced(editor, storage);
    openDocument(editor, example);
    newDocument(editor);
    await expect.poll(names).toEqual([]);

    openDocument(editor, example);
    await addNode.run(editor, { op: 'Tanh' });
    newDocument(editor);
    await expect.poll(names).toEqual([Object.keys(example.graph.nodes).length + 1]);
    expect(await storage.read()).toEqual(recentDrawings.getState().list);
    stop();
  });

  test('the same graph is listed once, newest first, six at most', () => {
    const drawing = (name: string, time: number): RecentDrawing => ({
      time,
      document: {
        format: 'wiregrad',
        version: 1,
        name,
        description: '',
        graph: {
          nodes: { a: { id: 'a', op: 'Tanh', name, attributes: {} } },
          edges: {},
          training: { batchSize: 1, seed: 0, shuffle: false, epochs: 0 },
        },
        layout: { nodes: {} },
      },
    });
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].reduce<readonly RecentDrawing[]>(
      (list, name, at) => withDrawing(list, drawing(name, at)),
      [],
    );
    expect(many.map(({ document }) => document.name)).toEqual(['g', 'f', 'e', 'd', 'c', 'b']);
    expect(withDrawing(many, drawing('d', 9)).map(({ document }) => document.name)).toEqual([
      'd',
      'g',
      'f',
      'e',
      'c',
      'b',
    ]);
  });
});
