/** How a parameter begins, as the inspector tells it. */
import { programOf } from '../../compiler/compile.ts';
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Fans, Registry } from '../../compiler/op.ts';
import { fansOf, planInitializers } from '../../compiler/phases/plan-initializers.ts';
import type { Initializer } from '../../compiler/plan.ts';
import { initialValues } from '../../runtime/worker/initializers.ts';
import { formatFigure } from '../widgets/format.ts';

export interface Initial {
  readonly shape: readonly number[];
  readonly fans: Fans;
  readonly initializer: Initializer;
}

/** Ids are those of the flat drawing. Null where the parameter has an error. */
export function initialOf(document: GraphDocument, registry: Registry, node: NodeId): Initial | null {
  const program = programOf(document, registry);
  const parameter = program.parameters.find((each) => each.node.id === node);
  const initializer = planInitializers(program, document.graph.training.seed).get(node);
  if (!parameter || !initializer) return null;
  return { shape: parameter.value.type.shape as readonly number[], fans: fansOf(program, parameter), initializer };
}

/** What the values are drawn from. */
export function lawOf(initializer: Initializer): string {
  switch (initializer.kind) {
    case 'constant':
      return `${formatFigure(initializer.value)} everywhere`;
    case 'identity':
      return `${formatFigure(initializer.gain)} on the diagonal`;
    case 'values':
      return 'the values above';
    case 'orthogonal':
      return 'right angles, from a bell curve';
    case 'normal':
      return `bell curve around ${formatFigure(initializer.mean)}, deviation ${formatFigure(initializer.std)}`;
    case 'uniform': {
      const { low, high } = initializer;
      if (low === -high) return `uniform, bound ±${formatFigure(high)}`;
      return `uniform from ${formatFigure(low)} to ${formatFigure(high)}`;
    }
  }
}

/** `RandomState(23455), after 486 uniform numbers`; null for what is not random. */
export function generatorText(initializer: Initializer): string | null {
  if (!('seed' in initializer)) return null;
  const drawn = (initializer.before ?? []).map(({ law, count }) => `${count.toLocaleString('en-US')} ${law}`);
  const after = drawn.length > 0 ? `, after ${drawn.join(' and ')} numbers` : '';
  return `RandomState(${initializer.seed})${after}`;
}

/** Elements that are drawn for a preview. */
const DRAWN = 20_000;
const BINS = 24;

export interface Preview {
  readonly mean: number;
  readonly std: number;
  readonly least: number;
  readonly most: number;
  /** Fractions of 24 bins of equal width. */
  readonly histogram: readonly number[];
}

/** The first values as training will begin with them. Null for a large rotation, of which no part can be had alone. */
export function previewOf({ initializer, shape }: Initial): Preview | null {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const whole = initializer.kind === 'orthogonal' || initializer.kind === 'identity' || initializer.kind === 'values';
  if (whole && size > DRAWN) return null;
  const values = initialValues(initializer, whole ? shape : [Math.min(size, DRAWN)]);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const histogram = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = most > least ? Math.min(BINS - 1, Math.floor(((value - least) / (most - least)) * BINS)) : BINS / 2;
    histogram[bin] = (histogram[bin] as number) + 1 / values.length;
  }
  return { mean, std: Math.sqrt(variance), least, most, histogram };
}
