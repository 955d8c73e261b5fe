/** The step that is gone through node by node: which stop one is at, and the numbers of all of them. */
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { compileWalk, type Stop, type Walk, type WalkTensor } from '../../compiler/questions/walk.ts';
import { announce } from '../announce/announcer.ts';
import { questions } from '../session/questions.ts';
import { isNarrow } from '../shell/use-narrow.ts';
import type { Editor } from '../store/create-editor.ts';
import { locator } from '../store/sheets.ts';
import { type Walked, walked } from '../store/walked.ts';

export interface Stepping {
  readonly walk: Walk;
  readonly numbers: Readonly<Record<string, Float32Array>>;
  /** The step, counted from 1; it is not made yet. */
  readonly step: number;
  readonly at: number;
  /** Of the document whose step it is. */
  readonly graph: unknown;
}

export interface StepperState {
  readonly now: Stepping | null;
  readonly loading: boolean;
  readonly problem: string | null;
}

const CLOSED: StepperState = { now: null, loading: false, problem: null };

export const stepper = createStore<StepperState>(() => CLOSED);

export function isStepping({ now, loading, problem } = stepper.getState()): boolean {
  return now !== null || loading || problem !== null;
}

/** Reads all numbers of the step to be made, and begins at its first node. */
export async function openStepper(editor: Editor): Promise<void> {
  const { document } = editor.whole.getState();
  stepper.setState({ loading: true, problem: null });
  try {
    const walk = compileWalk(document, editor.registry);
    if (!walk || walk.stops.length === 0) {
      throw new Error('There is no step to go through: nothing is trained. Add a loss and an optimizer.');
    }
    await pausedTraining(editor);
    const key = `walk ${editor.whole.getState().revision}`;
    const { outputs, step } = await questions().inquire({ key, graph: walk.graph, runs: [{ rows: 'next' }] });
    if (editor.whole.getState().document.graph !== document.graph) return closeStepper();
    stepper.setState({
      now: { walk, numbers: outputs[0] ?? {}, step: step + 1, at: 0, graph: document.graph },
      loading: false,
      problem: null,
    });
    show(editor);
    // In a small window the panel would lie over what is gone through.
    if (!isNarrow()) editor.ui.showTab('inspect');
  } catch (error) {
    stepper.setState({ ...CLOSED, problem: error instanceof Error ? error.message : String(error) });
  }
}

/** Resolves when training is paused. */
function pausedTraining(editor: Editor): Promise<void> {
  const isRunning = () => editor.session.getState().phase === 'running';
  if (!isRunning()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = editor.session.subscribe(() => {
      if (isRunning()) return;
      end();
      resolve();
    });
  });
}

export function closeStepper(): void {
  stepper.setState(CLOSED);
  walked.setState({ now: null });
}

export function goToStop(editor: Editor, to: number): void {
  const { now } = stepper.getState();
  if (!now) return;
  const at = Math.max(0, Math.min(now.walk.stops.length - 1, to));
  if (at === now.at) return;
  stepper.setState({ now: { ...now, at } });
  show(editor);
  announce('stepper', stopTitle(editor, now.walk.stops[at] as Stop));
}

export function moveBy(editor: Editor, by: number): void {
  const { now } = stepper.getState();
  if (now) goToStop(editor, now.at + by);
}

export const PHASES = { forward: 'Forward', backward: 'Backward', update: 'Update' } as const;

/** `Backward: hidden`. */
export function stopTitle(editor: Editor, { phase, node }: Stop): string {
  const { nodes } = flatten(editor.whole.getState().document, editor.registry).document.graph;
  return `${PHASES[phase]}: ${nodes[node]?.name ?? node}`;
}

export function numbersOf({ numbers }: Stepping, { output }: WalkTensor): Float32Array {
  return numbers[output] ?? new Float32Array(0);
}

/** Marks what is computed on the open sheet; inside of a module that is not open, its instance. */
function show(editor: Editor): void {
  const { now } = stepper.getState();
  if (!now) {
    walked.setState({ now: null });
    return;
  }
  const { path, document } = editor.document.getState();
  const locate = locator(flatten(editor.whole.getState().document, editor.registry), path, document);
  const marks = new Map<NodeId, Walked['phase'] | 'given'>();
  for (const [id, { op }] of Object.entries(document.graph.nodes)) {
    const kind = editor.registry.get(op)?.kind;
    if (kind === 'parameter' || kind === 'constant') marks.set(id, 'given');
  }
  now.walk.stops.forEach(({ node, phase }, index) => {
    const here = locate(node)?.node;
    if (here !== undefined && index <= now.at) marks.set(here, phase);
  });
  const stop = now.walk.stops[now.at] as Stop;
  walked.setState({ now: { at: locate(stop.node)?.node ?? null, phase: stop.phase, done: marks } });
}

/** The numbers are those of one moment: what changes it ends the walk. */
export function followStepper(editor: Editor): void {
  editor.whole.subscribe((state) => {
    const { now } = stepper.getState();
    if (now && state.document.graph !== now.graph) closeStepper();
  });
  editor.document.subscribe((state, previous) => {
    if (state.path !== previous.path) show(editor);
  });
  editor.session.subscribe((state, previous) => {
    const { now } = stepper.getState();
    if (now && (state.phase === 'running' || (state.step !== previous.step && state.step !== now.step - 1)))
      closeStepper();
  });
}
