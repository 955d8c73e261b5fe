import { describe, expect, test } from 'vitest';
import { PROBE_ROW, PROBE_STATS, type ProbeEntry, type ProbePlan } from '../compiler/plan.ts';
import { Curve } from './curve.ts';
import { EMPTY_STATUS } from './protocol.ts';
import { TelemetryHub } from './telemetry-hub.ts';

const losses = (from: number, values: number[]) => ({
  from,
  losses: Float32Array.from(values),
  stepsPerSecond: 10,
  learningRate: null,
});
const evaluation = (step: number, loss: number) => ({
  split: 'validation' as const,
  step,
  epoch: 0,
  loss,
  metrics: { error: loss / 10 },
  rows: 1,
});

describe('Curve', () => {
  test('keeps every point while there is room', () => {
    const curve = new Curve();
    [3, 1, 2].forEach((y, i) => {
      curve.add(i + 1, y);
    });
    expect([...curve.points().x]).toEqual([1, 2, 3]);
    expect([...curve.points().y]).toEqual([3, 1, 2]);
    expect(curve.last).toEqual({ x: 3, y: 2 });
  });

  test('holds the whole of a long run in bounded room, as means', () => {
    const curve = new Curve();
    for (let step = 1; step <= 100_000; step++) curve.add(step, step);
    const { x, y } = curve.points();
    expect(x.length).toBeLessThanOrEqual(2048);
    expect(x.length).toBeGreaterThan(1000);
    const stride = (x[1] ?? 0) - (x[0] ?? 0);
    expect(stride).toBe(64);
    x.forEach((end, i) => {
      expect(end).toBe((i + 1) * stride);
      expect(y[i]).toBe(end - (stride - 1) / 2);
    });
    expect(curve.last).toEqual({ x: 100_000, y: 100_000 });
  });

  test('truncates, and goes on', () => {
    const curve = new Curve();
    for (let step = 1; step <= 10; step++) curve.add(step, step);
    curve.truncate(4);
    expect(curve.last).toEqual({ x: 4, y: 4 });
    curve.add(5, 50);
    expect([...curve.points().y]).toEqual([1, 2, 3, 4, 50]);
    curve.truncate(0);
    expect(curve.points().x).toHaveLength(0);
    expect(curve.last).toBeNull();
  });
});

describe('TelemetryHub', () => {
  test('forgets a document whole, the loss before its first step too', () => {
    const hub = new TelemetryHub();
    hub.takeEvaluation(evaluation(0, 6));
    hub.takeLosses(losses(0, [5, 4]));
    hub.forget();
    expect([hub.training.last, hub.validation.last, hub.metric('error'), hub.evaluation]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([hub.step, hub.stepsPerSecond]).toEqual([0, 0]);
  });

  test('losses make a curve by step; a resume from before overwrites what came after', () => {
    const hub = new TelemetryHub();
    hub.takeLosses(losses(0, [5, 4, 3]));
    hub.takeLosses(losses(3, [2, 1]));
    expect([...hub.training.points().x]).toEqual([1, 2, 3, 4, 5]);
    hub.takeEvaluation(evaluation(5, 9));
    hub.takeLosses(losses(2, [30, 20]));
    expect([...hub.training.points().y]).toEqual([5, 4, 30, 20]);
    expect(hub.step).toBe(4);
    expect(hub.evaluation).toBeNull();
    expect(hub.validation.last).toBeNull();
  });

  test('a status of step 0 after a reset empties the curves', () => {
    const hub = new TelemetryHub();
    hub.takeEvaluation(evaluation(0, 9));
    hub.takeLosses(losses(0, [5, 4, 3]));
    hub.takeEvaluation(evaluation(3, 7));
    expect(hub.metric('error')?.last).toEqual({ x: 3, y: 0.7 });
    hub.takeStatus({ ...EMPTY_STATUS, step: 0 });
    expect(hub.training.points().x).toHaveLength(0);
    expect([...hub.validation.points().x]).toEqual([0]);
    expect(hub.step).toBe(0);
  });

  const entry = (node: string, port: string, of: ProbeEntry['of'], row: number): ProbeEntry => ({
    node,
    port,
    of,
    row,
    shape: [2],
    sampled: false,
    image: row === 1 ? { offset: 4, count: 1, height: 2, width: 3 } : null,
  });
  const graph = { onnx: new Uint8Array(), inputs: [], outputs: [], external: [], batch: 1 };
  const probe: ProbePlan = {
    key: 'p',
    entries: [entry('a', 'y', 'value', 0), entry('a', 'z', 'value', 1), entry('a', 'y', 'gradient', 2)],
    graphs: { webgpu: graph, wasm: graph },
  };
  const frame = (key: string) => ({
    probe: key,
    step: 7,
    outputs: {
      summary: Float32Array.from({ length: 3 * PROBE_ROW }, (_, i) => i),
      pixels: Float32Array.from({ length: 10 }, (_, i) => i),
    },
    milliseconds: 1,
    interval: 50,
  });

  test('an earlier frame stands in for the latest until that is looked at again', () => {
    const hub = new TelemetryHub();
    hub.expect(probe);
    hub.takeFrame({ ...frame('p'), step: 3 });
    hub.takeFrame({ ...frame('p'), step: 9 });
    hub.lookBack({ ...frame('p'), step: 3 }, probe);
    expect([hub.isPast, hub.view('a', 'value')?.step]).toEqual([true, 3]);
    hub.lookAtLive();
    expect([hub.isPast, hub.view('a', 'value')?.step]).toEqual([false, 9]);
    hub.lookBack({ ...frame('p'), step: 3 }, probe);
    hub.takeFrame({ ...frame('p'), step: 12 });
    expect(hub.view('a', 'value')?.step).toBe(3);
    hub.lookAtLive();
    expect(hub.view('a', 'value')?.step).toBe(12);
  });

  test('a frame is taken apart by node, side and port', () => {
    const hub = new TelemetryHub();
    hub.expect(probe);
    hub.takeFrame(frame('p'));
    const view = hub.view('a', 'gradient');
    expect(view?.step).toBe(7);
    expect([...(view?.stats ?? [])]).toEqual(PROBE_STATS.map((_, i) => 2 * PROBE_ROW + i));
    expect(view?.histogram[0]).toBe(2 * PROBE_ROW + PROBE_STATS.length);
    expect(view?.histogram).toHaveLength(PROBE_ROW - PROBE_STATS.length);
    expect(view?.pixels).toBeNull();
    expect(hub.view('a', 'value')?.entry.port).toBe('y');
    expect([...(hub.view('a', 'value', 'z')?.pixels ?? [])]).toEqual([4, 5, 6, 7, 8, 9]);
    expect(hub.view('b', 'value')).toBeNull();
  });

  test('frames of another probe are dropped', () => {
    const hub = new TelemetryHub();
    hub.expect(probe);
    hub.takeFrame(frame('old'));
    expect(hub.view('a', 'value')).toBeNull();
    hub.takeFrame(frame('p'));
    hub.expect(null);
    expect(hub.view('a', 'value')).toBeNull();
  });

  test('subscribers hear of every change until they end', () => {
    const hub = new TelemetryHub();
    let calls = 0;
    const end = hub.subscribe(() => calls++);
    hub.takeLosses(losses(0, [1]));
    hub.takeEvaluation(evaluation(1, 1));
    end();
    hub.takeLosses(losses(1, [1]));
    expect(calls).toBe(2);
    expect(hub.version).toBe(3);
  });
});
