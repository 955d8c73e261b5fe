import { beforeEach, expect, test } from 'vitest';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { EMPTY_STATUS, type RuntimeStatus, type State } from '../../runtime/protocol.ts';
import { chosenFirst, savedStep, stateOf, stepOf } from '../../weights/choices.ts';
import { matchWeights } from '../../weights/match.ts';
import { readWeightFile, writeWeightFile } from '../../weights/weight-file.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { Weights, weightsStore } from './weights.ts';

const initializer = { kind: 'constant', value: 0 } as const;
const plan = {
  key: 'k',
  state: [
    { id: 'W', kind: 'parameter', node: 'W', shape: [2], initializer },
    { id: 'W.momentum_buffer', kind: 'slot', node: 'W', shape: [2], initializer },
  ],
} as unknown as TrainingPlan;

/** What a worker does with state and steps. */
class FakeClient {
  state: State = { W: Float32Array.of(1, 2), 'W.momentum_buffer': Float32Array.of(3, 4) };
  step = 7;
  get status(): RuntimeStatus {
    return { ...EMPTY_STATUS, step: this.step };
  }
  readState = async () => this.state;
  pause = async () => {};
  loadState = async (state: State) => {
    this.state = { ...this.state, ...state };
  };
  restore = async (step: number, state: State) => {
    await this.loadState(state);
    this.step = step;
  };
}

let client = new FakeClient();
let current = plan;
let weights: Weights;

beforeEach(() => {
  client = new FakeClient();
  current = plan;
  weightsStore.setState({ incoming: null, before: null });
  weights = new Weights({ editor: createTestEditor(), client, ready: async () => current, loss: () => 0.5 });
});

/** What a file of these bytes would do. */
async function loadBytes(bytes: Uint8Array) {
  const file = readWeightFile(bytes, 'w');
  const choices = chosenFirst(matchWeights(plan.state, file));
  await weights.load(stateOf(file, choices), stepOf(file, plan.state, choices));
}

test('all of the state comes back with its step', async () => {
  const { file, step, loss } = await weights.capture(true);
  expect([step, loss]).toEqual([7, 0.5]);
  const saved = client.state;
  const bytes = writeWeightFile(file, 'safetensors');
  client.state = { W: Float32Array.of(0, 0), 'W.momentum_buffer': Float32Array.of(0, 0) };
  client.step = 100;
  await loadBytes(bytes);
  expect(client.state).toEqual(saved);
  expect(client.step).toBe(7);
});

test('parameters alone leave the optimizer and the step as they are', async () => {
  const bytes = writeWeightFile((await weights.capture(false)).file, 'npz');
  client.state = { W: Float32Array.of(0, 0), 'W.momentum_buffer': Float32Array.of(9, 9) };
  client.step = 100;
  await loadBytes(bytes);
  expect(client.state).toEqual({ W: Float32Array.of(1, 2), 'W.momentum_buffer': Float32Array.of(9, 9) });
  expect(client.step).toBe(100);
});

test('what was there before is restored, step included, once', async () => {
  const before = client.state;
  await weights.load({ W: Float32Array.of(5, 6) }, 50);
  expect(client.step).toBe(50);
  expect(await weights.takeBack()).toBe(7);
  expect(client.state).toEqual(before);
  expect(client.step).toBe(7);
  expect(await weights.takeBack()).toBeNull();
});

test('values of another graph are not restored', async () => {
  await weights.load({ W: Float32Array.of(5, 6) }, null);
  current = { ...plan, key: 'other' };
  expect(await weights.takeBack()).toBeNull();
  expect(client.state.W).toEqual(Float32Array.of(5, 6));
});

test('the step of a file is a whole number or none', () => {
  const saved = (step: string) => savedStep({ tensors: new Map(), metadata: { step } });
  expect(['12', '0', '', '-1', '1.5', 'x', '9'.repeat(30)].map(saved)).toEqual([12, 0, null, null, null, null, null]);
  expect(savedStep({ tensors: new Map(), metadata: {} })).toBeNull();
});
