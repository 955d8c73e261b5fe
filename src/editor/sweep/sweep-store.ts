/** The sweep that is set up, under way or done. It goes on while its dialog is closed. */
import { createStore } from 'zustand/vanilla';
import type { GraphDocument } from '../../compiler/document.ts';
import { TrainingClient } from '../../runtime/client.ts';
import { settingsOf } from '../runs/run.ts';
import { addRun } from '../runs/runs-store.ts';
import type { Editor } from '../store/create-editor.ts';
import { gridOf, runVariation, type Sweep, type SweepFailure, type SweepResult, withValues } from './sweep.ts';

export interface SweepRow {
  readonly values: readonly number[];
  readonly result: SweepResult | null;
  readonly problem: string | null;
}

export interface SweepState {
  readonly open: boolean;
  readonly sweep: Sweep | null;
  /** What is followed on the validation split. */
  readonly monitor: string;
  readonly rows: readonly SweepRow[];
  /** The row that is trained; null while none is. */
  readonly at: number | null;
  /** Steps made of it. */
  readonly step: number;
  readonly cancelled: boolean;
}

const INITIAL: SweepState = {
  open: false,
  sweep: null,
  monitor: 'loss',
  rows: [],
  at: null,
  step: 0,
  cancelled: false,
};

export const sweeps = createStore<SweepState>(() => INITIAL);

let client: TrainingClient | null = null;

export const isRunning = ({ at }: SweepState): boolean => at !== null;

export function cancelSweep(): void {
  if (!isRunning(sweeps.getState())) return;
  client?.dispose();
  client = null;
  sweeps.setState({ at: null, cancelled: true });
}

/** Resolves when all variations are trained, or the sweep is cancelled. `make`: in place of a worker of its own, for tests. */
export async function startSweep(
  editor: Editor,
  sweep: Sweep,
  make: () => TrainingClient = () => new TrainingClient(),
): Promise<void> {
  cancelSweep();
  const { document } = editor.whole.getState();
  const rows = gridOf(sweep.axes).map((values): SweepRow => ({ values, result: null, problem: null }));
  const monitor = document.graph.training.validation?.monitor ?? 'loss';
  sweeps.setState({ sweep, rows, monitor, at: 0, step: 0, cancelled: false });
  const own = make();
  client = own;
  const stopListening = own.on('losses', ({ from, losses }) => sweeps.setState({ step: from + losses.length }));
  try {
    for (const [at, { values }] of rows.entries()) {
      sweeps.setState({ at, step: 0 });
      const found = await runVariation(own, editor.registry, document, sweep, values).catch(
        (error: Error): SweepFailure => ({ values, problem: error.message }),
      );
      if (client !== own) return;
      setRow(at, found);
      if (!('problem' in found)) keepVariation(editor, document, sweep, found);
    }
    sweeps.setState({ at: null });
  } finally {
    stopListening();
    if (client === own) {
      own.dispose();
      client = null;
    }
  }
}

function setRow(at: number, found: SweepResult | SweepFailure): void {
  const row =
    'problem' in found
      ? { values: found.values, result: null, problem: found.problem }
      : { values: found.values, result: found, problem: null };
  sweeps.setState(({ rows }) => ({ rows: rows.map((known, index) => (index === at ? row : known)) }));
}

/** `lr of sgd 0.1`: what tells a variation from the others. */
export function variationName({ axes }: Sweep, values: readonly number[]): string {
  return axes.map(({ label }, at) => `${label} ${values[at]}`).join(', ');
}

/** Hidden in the plots at first: a sweep may have many. */
function keepVariation(editor: Editor, document: GraphDocument, sweep: Sweep, result: SweepResult): void {
  addRun({
    id: crypto.randomUUID(),
    name: variationName(sweep, result.values),
    time: Date.now(),
    settings: settingsOf(withValues(document, sweep, result.values), editor.registry, null),
    steps: result.steps,
    training: result.training,
    validation: result.validation,
    best: result.best?.value ?? null,
    curves: result.curves,
    shown: false,
  });
}
