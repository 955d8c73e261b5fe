/**
 * Where the latest of everything that training says is kept for those who draw it. Nothing here makes anyone render:
 * painters compare versions, or subscribe and read.
 */

import type { PROBE_BINS, PROBE_STATS, ProbeEntry, ProbePlan } from '../compiler/plan.ts';
import type { TrainingClient } from './client.ts';
import { Curve } from './curve.ts';
import type { Evaluation, Frame, Losses, RuntimeStatus } from './protocol.ts';

const STATS: (typeof PROBE_STATS)['length'] = 6;
const BINS: typeof PROBE_BINS = 24;

/** What is known of one value or gradient. Arrays are views of one frame and are never written to again. */
export interface ProbeView {
  readonly step: number;
  readonly entry: ProbeEntry;
  /** In the order of PROBE_STATS. */
  readonly stats: Float32Array;
  /** Fractions of the elements between min and max. */
  readonly histogram: Float32Array;
  /** Planes of entry.image, or null. */
  readonly pixels: Float32Array | null;
  /** All its numbers where there are few, or null. */
  readonly elements: Float32Array | null;
  /** What `entry.health` is about, between 0 and 1; null of what has none. */
  readonly health: number | null;
}

/** How a frame is read; its graphs are none of that. */
export type FrameKey = Pick<ProbePlan, 'key' | 'entries'>;

/** `node:value`, or `node.port:value` for a certain port. */
export function viewKey(node: string, of: ProbeEntry['of'], port?: string): string {
  return port === undefined ? `${node}:${of}` : `${node}.${port}:${of}`;
}

function numbersAt(elements: Float32Array, from: number, shape: readonly number[]): Float32Array {
  return elements.subarray(from, shape.reduce((product, size) => product * size, 1) + from);
}

/** The first entry of a node and kind goes without a port too. */
function entriesByKey({ entries }: FrameKey): ReadonlyMap<string, ProbeEntry> {
  const byKey = new Map<string, ProbeEntry>();
  for (const entry of entries) {
    const first = viewKey(entry.node, entry.of);
    if (!byKey.has(first)) byKey.set(first, entry);
    byKey.set(viewKey(entry.node, entry.of, entry.port), entry);
  }
  return byKey;
}

/** A frame and the views of it that were asked for: of thousands of values few are in sight. */
class Shown {
  readonly plan: FrameKey;
  readonly byKey: ReadonlyMap<string, ProbeEntry>;
  readonly #frame: Frame;
  readonly #width: number;
  readonly #made = new Map<ProbeEntry, ProbeView>();

  constructor(frame: Frame, plan: FrameKey, byKey: ReadonlyMap<string, ProbeEntry>) {
    this.plan = plan;
    this.byKey = byKey;
    this.#frame = frame;
    const rows = 1 + plan.entries.reduce((most, entry) => Math.max(most, entry.row), 0);
    this.#width = (frame.outputs.summary?.length ?? 0) / rows;
  }

  /** The same object each time. */
  view(entry: ProbeEntry): ProbeView {
    const made = this.#made.get(entry) ?? this.#make(entry);
    this.#made.set(entry, made);
    return made;
  }

  #make(entry: ProbeEntry): ProbeView {
    const { step, outputs } = this.#frame;
    const { summary = new Float32Array(), pixels, elements, health } = outputs;
    const row = summary.subarray(entry.row * this.#width, (entry.row + 1) * this.#width);
    const { image } = entry;
    return {
      step,
      entry,
      stats: row.subarray(0, STATS),
      histogram: row.subarray(STATS, STATS + BINS),
      pixels:
        image && pixels ? pixels.subarray(image.offset, image.offset + image.count * image.height * image.width) : null,
      elements: elements && entry.elements !== undefined ? numbersAt(elements, entry.elements, entry.shape) : null,
      health: (entry.health && health?.[entry.health.at]) ?? null,
    };
  }
}

export class TelemetryHub {
  /** Counts every change. */
  version = 0;
  readonly training = new Curve();
  readonly validation = new Curve();
  readonly learningRate = new Curve();
  readonly #metrics = new Map<string, Curve>();
  /** The frame that views are made of, and what was seen before by other plans. */
  #shown: Shown | null = null;
  readonly #views = new Map<string, ProbeView>();
  readonly #listeners = new Set<() => void>();
  #evaluation: Evaluation | null = null;
  #stepsPerSecond = 0;
  #step = 0;
  #probe: ProbePlan | null = null;
  /** The latest frame; an earlier one may be shown in its place. */
  #live: Frame | null = null;
  #isPast = false;

  /** Listens to a client from now on, until what is returned is called. */
  connect(client: Pick<TrainingClient, 'on'>): () => void {
    const ends = [
      client.on('losses', (losses) => this.takeLosses(losses)),
      client.on('evaluation', (evaluation) => this.takeEvaluation(evaluation)),
      client.on('frame', (frame) => this.takeFrame(frame)),
      client.on('status', (status) => this.takeStatus(status)),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Calls `listener` after every change, until what is returned is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Frames are read by this plan from now on; those of another are dropped. */
  expect(probe: ProbePlan | null): void {
    this.#probe = probe;
    this.#live = null;
    if (probe) return;
    this.#isPast = false;
    this.#clearViews();
    this.#changed();
  }

  /** Another document was opened: nothing that was said of the former remains. */
  forget(): void {
    this.#probe = null;
    this.#isPast = false;
    this.#live = null;
    this.#clearViews();
    this.#rewind(Number.NEGATIVE_INFINITY);
    this.#metrics.clear();
    this.#stepsPerSecond = 0;
    this.#step = 0;
    this.#changed();
  }

  /** Of the node's first port, unless another is named. */
  view(node: string, of: ProbeEntry['of'], port?: string): ProbeView | null {
    const key = viewKey(node, of, port);
    const entry = this.#shown?.byKey.get(key);
    return (entry ? this.#shown?.view(entry) : this.#views.get(key)) ?? null;
  }

  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }

  get stepsPerSecond(): number {
    return this.#stepsPerSecond;
  }

  /** Steps whose losses have arrived. */
  get step(): number {
    return this.#step;
  }

  /** Validation curve of a metric. */
  metric(name: string): Curve | null {
    return this.#metrics.get(name) ?? null;
  }

  takeLosses({ from, losses, stepsPerSecond, learningRate }: Losses): void {
    this.#rewind(from);
    losses.forEach((loss, i) => {
      this.training.add(from + i + 1, loss);
    });
    this.#step = from + losses.length;
    if (learningRate !== null) this.learningRate.add(this.#step, learningRate);
    this.#stepsPerSecond = stepsPerSecond;
    this.#changed();
  }

  takeEvaluation(evaluation: Evaluation): void {
    this.#evaluation = evaluation;
    if (evaluation.loss !== null) this.validation.add(evaluation.step, evaluation.loss);
    for (const [name, value] of Object.entries(evaluation.metrics)) {
      const curve = this.#metrics.get(name) ?? new Curve();
      this.#metrics.set(name, curve);
      curve.add(evaluation.step, value);
    }
    this.#changed();
  }

  takeFrame(frame: Frame): void {
    if (!this.#probe || frame.probe !== this.#probe.key) return;
    this.#live = frame;
    if (!this.#isPast) this.#show(frame, this.#probe);
  }

  /** What frames are read by; null while none are expected. */
  get probe(): ProbePlan | null {
    return this.#probe;
  }

  /** Whether views are those of an earlier moment. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** Views are those of this frame until `lookAtLive`; what comes meanwhile is kept back. */
  lookBack(frame: Frame, probe: FrameKey): void {
    this.#isPast = true;
    this.#clearViews();
    this.#show(frame, probe);
  }

  lookAtLive(): void {
    if (!this.#isPast) return;
    this.#isPast = false;
    const live = this.#live;
    this.#clearViews();
    if (live && this.#probe?.key === live.probe) this.#show(live, this.#probe);
    else this.#changed();
  }

  #show(frame: Frame, plan: FrameKey): void {
    if (!frame.outputs.summary) return;
    if (this.#shown && this.#shown.plan !== plan) {
      // What this plan does not watch stays as it was last seen.
      for (const [key, entry] of this.#shown.byKey) this.#views.set(key, this.#shown.view(entry));
    }
    this.#shown = new Shown(frame, plan, this.#shown?.plan === plan ? this.#shown.byKey : entriesByKey(plan));
    this.#changed();
  }

  #clearViews(): void {
    this.#shown = null;
    this.#views.clear();
  }

  takeStatus({ step }: RuntimeStatus): void {
    if (step < this.#step) this.#rewind(step);
    this.#step = Math.min(step, this.#step);
    this.#changed();
  }

  /** Training went back to `step`: what the curves say of later steps is no longer so. */
  #rewind(step: number): void {
    for (const curve of [this.training, this.validation, this.learningRate, ...this.#metrics.values()])
      curve.truncate(step);
    if (this.#evaluation && this.#evaluation.step > step) this.#evaluation = null;
  }

  #changed(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }
}
