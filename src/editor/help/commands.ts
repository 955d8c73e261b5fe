import type { AttributeValue } from '../../compiler/document.ts';
import { numberedPort } from '../../compiler/document.ts';
import { type OpExample, type OpRecord, portNames } from '../../compiler/op.ts';
import { freeSpot, nodeSize, rectOf } from '../canvas/geometry.ts';
import { always, type Command } from '../commands/command.ts';
import { addNodeTo, connectPorts } from '../commands/graph-edits.ts';
import { openHelp } from './help-store.ts';

/** Of what has the keyboard in the palette, else of the selected node; else the list of all. */
export const helpOnOperator: Command = {
  id: 'help.operator',
  label: 'Help on this operator',
  group: 'Help',
  shortcuts: ['F1'],
  global: true,
  enabled: always,
  run(editor) {
    const focused = typeof document === 'undefined' ? null : document.activeElement?.closest<HTMLElement>('[data-op]');
    const [selected = ''] = editor.ui.getState().selection.nodes;
    const op = focused?.dataset.op ?? editor.document.getState().document.graph.nodes[selected]?.op ?? '';
    openHelp(editor.registry.has(op) ? op : '');
  },
};

const COLUMN = 180;
const ROW = 100;

/** Draws an example: a constant for every input, and the operator. */
export const insertExample: Command<{ readonly record: OpRecord; readonly example: OpExample }> = {
  id: 'help.insert-example',
  label: 'Insert example',
  group: 'Create',
  enabled: always,
  run(editor, { record, example }) {
    const { registry } = editor;
    const { document } = editor.document.getState();
    const rects = Object.keys(document.graph.nodes).map((id) => rectOf(document, registry, id));
    const given = example.inputs.slice(0, record.random ? record.inputs.length : undefined);
    const size = { width: COLUMN + nodeSize(1, 1).width, height: Math.max(1, given.length) * ROW };
    const { x, y } = freeSpot(editor.view.center(), size, rects);
    const names = portNames(record.inputs, given.length);
    const ids: string[] = [];
    editor.document.apply(`Insert example of ${record.name}`, (draft) => {
      const attributes = (example.attributes ?? {}) as Readonly<Record<string, AttributeValue>>;
      const op = addNodeTo(draft, { op: record.name, attributes, x: x + COLUMN, y });
      ids.push(op);
      given.forEach((data, at) => {
        const port = names[at];
        if (!data || port === undefined) return;
        const constant = addNodeTo(draft, {
          op: 'Constant',
          name: numberedPort(port)[0],
          attributes: {
            values: Array.from(data.data as ArrayLike<number>, Number),
            shape: [...data.shape],
            ...(data.dtype !== 'float32' && { dtype: data.dtype }),
          },
          x,
          y: y + at * ROW,
        });
        ids.push(constant);
        connectPorts(draft, registry, { node: constant, port: 'value' }, { node: op, port });
      });
    });
    editor.ui.select(ids);
    editor.view.fit(ids);
  },
};
