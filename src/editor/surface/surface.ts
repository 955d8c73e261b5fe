/** The loss on the batch of the last step, over a plane through the parameters as they are. */

import { programOf } from '../../compiler/compile.ts';
import { flatten } from '../../compiler/flatten.ts';
import { compileReading } from '../../compiler/questions/readings.ts';
import { portKey } from '../../compiler/result.ts';
import { makeArray } from '../../compiler/types.ts';
import { computeSurface, type Surface, type SurfaceTensor } from '../../runtime/surface.ts';
import { questions } from '../session/questions.ts';
import type { Editor } from '../store/create-editor.ts';
import { elementDirection, type Parameter, placesAround, randomDirection } from './directions.ts';

export interface ElementOf {
  readonly slot: string;
  readonly element: number;
}

export type Plane =
  | { readonly kind: 'random'; readonly seed: number; readonly radius: number }
  | { readonly kind: 'elements'; readonly x: ElementOf; readonly y: ElementOf; readonly radius: number };

export interface PlaneRequest {
  readonly plane: Plane;
  readonly side: number;
  readonly onLine: (lines: number) => void;
}

export interface Begun extends Surface {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly step: number;
  /** What the chosen elements are now. */
  readonly at: readonly [number, number];
}

/** Trainable parameters that the cost is computed from, by slot, with their shapes. */
export function trainableSlots(editor: Editor): { readonly slot: string; readonly shape: readonly number[] }[] {
  const program = programOf(editor.whole.getState().document, editor.registry);
  return program.parameters.flatMap(({ node, value }) =>
    node.attributes.trainable === false ? [] : [{ slot: node.name, shape: value.type.shape as number[] }],
  );
}

/** Null where nothing is minimized. */
export async function beginSurface(editor: Editor, { plane, side, onLine }: PlaneRequest): Promise<Begun | null> {
  const { document, revision, check } = editor.whole.getState();
  const program = programOf(document, editor.registry);
  const cost = program.optimizers[0]?.node.inputs[0]?.source;
  if (!cost) return null;
  const { nodes } = flatten(document, editor.registry).document.graph;
  const dataPorts = [...check.types.keys()].filter(
    (key) => editor.registry.get(nodes[key.slice(0, key.lastIndexOf(':'))]?.op ?? '')?.kind === 'data',
  );
  const reading = compileReading(document, editor.registry, {
    values: [cost],
    mode: 'training',
    fed: new Set(dataPorts),
  });
  const [value] = reading?.values ?? [];
  if (!reading || !value) return null;
  const state = await questions().readState();
  const { tensors, step } = await dataOfLastStep(editor, reading.fed, revision);
  const slots = trainableSlots(editor);
  const parameters = slots.flatMap(({ slot, shape }): Parameter[] => {
    const values = state[slot];
    return values && reading.graph.inputs.some(({ name }) => name === slot) ? [{ slot, shape, values }] : [];
  });
  const [first, second] =
    plane.kind === 'random'
      ? [randomDirection(parameters, plane.seed), randomDirection(parameters, plane.seed + 0x9e37)]
      : [
          elementDirection(parameters, plane.x.slot, plane.x.element),
          elementDirection(parameters, plane.y.slot, plane.y.element),
        ];
  const moved = parameters.map(({ slot, shape, values }, at) => ({
    name: slot,
    dtype: 'float32' as const,
    shape,
    data: values,
    directions: [first?.[at] ?? new Float32Array(), second?.[at] ?? new Float32Array()] as const,
  }));
  const others = reading.graph.inputs.flatMap(({ name, dtype, shape, binding }): SurfaceTensor[] => {
    const data = binding.kind === 'state' ? state[binding.slot] : undefined;
    return data && !moved.some((each) => each.name === name) ? [{ name, dtype, shape, data }] : [];
  });
  const xs = placesAround(plane.radius, side);
  const ys = placesAround(plane.radius, side);
  const at = ({ slot, element }: ElementOf) => state[slot]?.[element] ?? 0;
  return {
    ...computeSurface(
      { onnx: reading.graph.onnx, output: value.output, fixed: [...tensors, ...others], moved, xs, ys },
      onLine,
    ),
    xs,
    ys,
    step,
    at: plane.kind === 'elements' ? [at(plane.x), at(plane.y)] : [0, 0],
  };
}

/** What is fed, as it was in the last step. */
async function dataOfLastStep(
  editor: Editor,
  fed: NonNullable<ReturnType<typeof compileReading>>['fed'],
  revision: number,
): Promise<{ readonly tensors: SurfaceTensor[]; readonly step: number }> {
  const { step } = editor.session.getState();
  if (fed.length === 0) return { tensors: [], step };
  const rows = compileReading(editor.whole.getState().document, editor.registry, {
    values: fed.map(({ node, port }) => ({ node, port })),
    mode: 'training',
  });
  if (!rows) return { tensors: [], step };
  const key = `rows ${revision} ${fed.map(({ node, port }) => portKey(node, port)).join()}`;
  const answer = await questions().inquire({ key, graph: rows.graph, runs: [{ rows: 'last' }] });
  const tensors = fed.map(({ name, dtype, shape }, at): SurfaceTensor => {
    const numbers = answer.outputs[0]?.[rows.values[at]?.output ?? ''] ?? new Float32Array();
    return { name, dtype, shape, data: makeArray(dtype, numbers) as Float32Array };
  });
  return { tensors, step: answer.step };
}
