/** How long the parts of a step take, measured one by one on wasm. */
import type { NodeId } from '../../compiler/document.ts';
import { compileTimings, type TimedPart } from '../../compiler/questions/timings.ts';
import type { Feeds } from '../../runtime/protocol.ts';
import { questions } from '../session/questions.ts';
import type { Editor } from '../store/create-editor.ts';

/** Times in a row that a part is made, at first and at most, and how long that is to take at least. */
const FIRST = 4;
const MOST = 4096;
const LEAST_MS = 8;
/** Of so many measurements the middle one counts. */
const REPEATS = 3;

export interface NodeTime {
  /** In the flat drawing. */
  readonly node: NodeId;
  /** Milliseconds a step. */
  readonly forward: number;
  readonly backward: number;
  readonly update: number;
  readonly kernels: number;
}

export const totalOf = ({ forward, backward, update }: NodeTime): number => forward + backward + update;

/** Numbers of the size that values of networks have; whole numbers and conditions are 0. */
function feedsOf({ graph }: TimedPart, times: number): Feeds {
  return Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape, binding }) => {
      if (binding.kind === 'steps') return [name, BigInt64Array.of(BigInt(times))];
      const count = shape.reduce((all, dim) => all * dim, 1);
      if (dtype === 'float32') return [name, Float32Array.from({ length: count }, (_, at) => Math.sin(at + 1) / 2)];
      return [name, dtype === 'int32' ? new Int32Array(count) : new Uint8Array(count)];
    }),
  );
}

async function measure(part: TimedPart, key: string): Promise<number> {
  const ask = async (times: number, repeats: number) => {
    const run = { rows: null, feeds: feedsOf(part, times) };
    const { milliseconds } = await questions().inquire({ key, graph: part.graph, runs: Array(repeats).fill(run) });
    return milliseconds.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
  };
  // The first run makes room for its tensors.
  await ask(1, 1);
  let times = FIRST;
  for (;;) {
    const took = await ask(times, REPEATS);
    if (took >= LEAST_MS || times >= MOST) return took / times;
    times = Math.min(MOST, Math.ceil(times * Math.max(2, Math.min(16, (1.3 * LEAST_MS) / Math.max(took, 0.01)))));
  }
}

/** Null where nothing is trained. `onPart` is told how many of how many parts are measured; it ends by answering false. */
export async function measureNodes(
  editor: Editor,
  onPart: (done: number, of: number) => boolean,
): Promise<readonly NodeTime[] | null> {
  const { document, revision } = editor.whole.getState();
  const parts = compileTimings(document, editor.registry);
  if (!parts) return null;
  const times = new Map<NodeId, NodeTime>();
  for (const [at, part] of parts.entries()) {
    if (!onPart(at, parts.length)) return null;
    const before = times.get(part.node) ?? { node: part.node, forward: 0, backward: 0, update: 0, kernels: 0 };
    const took = await measure(part, `time ${revision} ${at}`);
    times.set(part.node, {
      ...before,
      [part.role]: before[part.role] + took,
      kernels: before.kernels + part.kernels,
    });
  }
  return [...times.values()].toSorted((a, b) => totalOf(b) - totalOf(a));
}
