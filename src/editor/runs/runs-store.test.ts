import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { Curve } from '../../runtime/curve.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { openDocument } from '../persistence/documents.ts';
import { library } from '../persistence/library.ts';
import type { Drawing } from '../persistence/storage.ts';
import type { Editor } from '../store/create-editor.ts';
import { runLines } from './lines.ts';
import { differences, type KeptRun, settingsOf } from './run.ts';
import { RunsStorage } from './runs-storage.ts';
import { addRun, changeRun, followRuns, nextName, removeRuns, runs } from './runs-store.ts';

const points = (...y: number[]) => {
  const curve = new Curve();
  y.forEach((value, at) => void curve.add(at + 1, value));
  return curve.points();
};

function run(id: string, more: Partial<KeptRun> = {}): KeptRun {
  return {
    id,
    name: id,
    time: Date.now(),
    settings: [],
    steps: 3,
    training: 1,
    validation: null,
    best: null,
    curves: { training: points(3, 2, 1), validation: points() },
    shown: true,
    ...more,
  };
}

const named = (name: string) => ({ ...drawing({}), name });
const stored = (id: string) => library.setState({ open: id, drawings: [{ id } as Drawing] });
/** Until what was asked of the storage is there. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const ids = () => runs.getState().list.map(({ id }) => id);

let editor: Editor;
let storage: RunsStorage;
let stop: () => void;

beforeEach(async () => {
  runs.setState({ drawing: null, list: [], lost: false });
  library.setState({ open: 'fresh', drawings: [] });
  editor = createTestEditor();
  storage = new RunsStorage(crypto.randomUUID());
  openDocument(editor, named('first'));
  stop = followRuns(editor, storage);
  await settle();
});

afterEach(() => stop());

describe('kept runs', () => {
  test('are there again when their drawing is, and not in another', async () => {
    addRun(run('a', { time: 1 }));
    addRun(run('b', { time: 2 }));
    await settle();
    openDocument(editor, named('second'));
    await settle();
    expect(ids()).toEqual([]);
    addRun(run('c'));
    openDocument(editor, named('first'));
    await settle();
    expect(ids()).toEqual(['a', 'b']);
    expect(runs.getState().list[0]?.curves.training).toEqual(points(3, 2, 1));
  });

  test('go with an example that becomes a drawing', async () => {
    addRun(run('a'));
    stored('d1');
    await settle();
    expect(runs.getState().drawing).toBe('d1');
    expect((await storage.list('d1')).map(({ id }) => id)).toEqual(['a']);
  });

  test('are hidden, renamed and deleted for good', async () => {
    for (const id of ['a', 'b', 'c']) addRun(run(id));
    changeRun('b', { shown: false, name: 'wide' });
    removeRuns(['a', 'c']);
    await settle();
    expect(await storage.list('name:first')).toMatchObject([{ id: 'b', name: 'wide', shown: false }]);
    expect(runLines(runs.getState().list)).toEqual([]);
  });

  test('are numbered without repeating a name', () => {
    expect(nextName([])).toBe('Run 1');
    expect(nextName([run('x', { name: 'Run 2' })])).toBe('Run 3');
  });

  test('are lines of the validation loss, where that was told often enough', () => {
    const [line] = runLines([run('a')]);
    expect([...(line?.curve()?.points().y ?? [])]).toEqual([3, 2, 1]);
    const validated = run('a', { curves: { training: points(3, 2, 1), validation: points(9, 8, 7) } });
    expect([...(runLines([validated])[0]?.curve()?.points().y ?? [])]).toEqual([9, 8, 7]);
    expect(
      new Set(runLines(Array.from({ length: 8 }, (_, at) => run(String(at)))).map(({ colour }) => colour)).size,
    ).toBe(6);
  });
});

test('settings tell runs apart', () => {
  const document = (lr: number, wait: number) =>
    drawing(
      { sgd: ['SGD', {}, { lr }] },
      { training: { batchSize: 8, schedule: { kind: 'plateau', wait }, lastBatch: 'keep' } },
    );
  const first = run('a', { settings: settingsOf(document(0.1, 5), registry, null) });
  const second = run('b', { settings: settingsOf(document(0.1, 7), registry, 0.025) });
  expect(first.settings).toEqual([
    ['sgd', 'SGD'],
    ['lr of sgd', '0.1'],
    ['batch size', '8'],
    ['seed', '1'],
    ['last batch', 'keep a smaller batch'],
    ['schedule', 'fall on a plateau'],
    ['after epochs', '5'],
  ]);
  expect(differences([first, second])).toEqual(
    new Map([
      [
        'a',
        [
          ['lr of sgd', '0.1'],
          ['after epochs', '5'],
        ],
      ],
      [
        'b',
        [
          ['lr of sgd', '0.025'],
          ['after epochs', '7'],
        ],
      ],
    ]),
  );
  expect(differences([first]).get('a')).toEqual([]);
});
