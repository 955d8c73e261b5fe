import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { registry } from '../../nodes/registry.ts';
import type { Checkpoint } from '../protocol.ts';
import { Trainer } from './trainer.ts';

let trainer: Trainer;
let checkpoints: Checkpoint[];

beforeEach(() => {
  checkpoints = [];
  trainer = new Trainer({
    emit: (event, data) => void (event === 'checkpoint' && checkpoints.push(data as Checkpoint)),
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
});

afterEach(() => trainer.close());

const document = readDocument(digits).document as GraphDocument;
const copy = async () => structuredClone(await trainer.readState());

async function checkpointHere(): Promise<Checkpoint> {
  await trainer.loadState({});
  return checkpoints.at(-1) as Checkpoint;
}

test('steps are made again to the very same state, with the rates that were set then', async () => {
  await trainer.load(compile(document, registry).plan as TrainingPlan, { backend: 'wasm', keep: false });
  await trainer.run(5);
  const checkpoint = await checkpointHere();
  await trainer.run(8);
  await trainer.setHyperparameter('lr', 0.02);
  await trainer.run(40);
  const at40 = await copy();
  await trainer.setHyperparameter('lr', 0.3);
  await trainer.run(60);
  const at60 = await copy();

  await trainer.rewind(checkpoint, 40);
  expect(trainer.status.step).toBe(40);
  expect(await trainer.readState()).toEqual(at40);
  // What is set now stays, and is what training goes on with: here the rate of the steps from 40 on.
  await trainer.run(60);
  expect(await trainer.readState()).toEqual(at60);

  // From the beginning, which needs no values to be kept.
  await trainer.rewind({ ...checkpoint, step: 0, state: null, hyperparameters: {} as never }, 5);
  expect(await trainer.readState()).toEqual(checkpoint.state);
});

test('another rate from a step in the past leads elsewhere', async () => {
  await trainer.load(compile(document, registry).plan as TrainingPlan, { backend: 'wasm', keep: false });
  const start = checkpoints[0] as Checkpoint;
  await trainer.run(30);
  const before = await copy();
  await trainer.rewind(start, 20);
  await trainer.setHyperparameter('lr', 0.001);
  await trainer.run(30);
  expect(await trainer.readState()).not.toEqual(before);
  const other = await copy();
  // The step is made again with the rate that was set at it, not with that of the run before.
  await trainer.rewind(start, 30);
  expect(await trainer.readState()).toEqual(other);
});
