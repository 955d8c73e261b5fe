import { attr, defineOp, type NoGradient, type OpRecord } from '../compiler/op.ts';

const PORT: NoGradient = { none: 'disconnected', reason: 'A port hands on what is wired to the instance.' };

const order = attr.int(0, 'Ports of smaller order come first');

const moduleInput = defineOp({
  name: 'ModuleInput',
  kind: 'port',
  category: 'Module',
  glyph: '▷|',
  internal: true,
  aliases: ['port in', 'argument'],
  inputs: [],
  outputs: [{ name: 'value', doc: 'What is wired to the instance' }],
  attributes: {
    optional: attr.flag(false, 'Instances may leave it without a wire; what it leads to inside has none then'),
    order,
  },
  infer: () => [],
  gradient: PORT,
  doc: { summary: 'An input of the module it lies in, of the node’s name.', formula: 'x' },
  examples: [],
});

const moduleOutput = defineOp({
  name: 'ModuleOutput',
  kind: 'port',
  category: 'Module',
  glyph: '|▷',
  internal: true,
  aliases: ['port out', 'return'],
  inputs: [{ name: 'value', doc: 'What the instance returns' }],
  outputs: [],
  attributes: { order },
  infer: () => [],
  gradient: PORT,
  doc: { summary: 'An output of the module it lies in, of the node’s name.', formula: 'f(x)' },
  examples: [],
});

/** A frame's colours, which the canvas gives values. */
export const FRAME_COLOURS = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const;

const frame = defineOp({
  name: 'Frame',
  kind: 'note',
  category: 'Result',
  glyph: '▭',
  aliases: ['group', 'region', 'box', 'comment'],
  inputs: [],
  outputs: [],
  attributes: {
    colour: attr.choice(FRAME_COLOURS, 'grey', 'Colour'),
    width: attr.int(320, 'Width in pixels of the canvas', { min: 96 }),
    height: attr.int(240, 'Height in pixels of the canvas', { min: 64 }),
  },
  infer: () => [],
  gradient: { none: 'disconnected', reason: 'A frame computes nothing.' },
  doc: { summary: 'A titled frame around nodes, which move with it.', formula: '\\square' },
  examples: [],
});

export const moduleOps: readonly OpRecord[] = [moduleInput, moduleOutput, frame];
