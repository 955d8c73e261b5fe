/**
 * What the drawing predicts, found by its loss: scores of classes beside labels of a data set, or numbers beside targets.
 */
import { programOf } from '../compile.ts';
import type { GraphDocument, PortRef } from '../document.ts';
import type { Registry } from '../op.ts';
import type { Program } from '../phases/2-infer.ts';
import type { DatasetInfo } from '../plan.ts';
import { portKey } from '../result.ts';

export interface Features extends PortRef {
  /** Of one row. */
  readonly shape: readonly number[];
  readonly image: readonly [height: number, width: number] | null;
}

export interface Predicting {
  readonly kind: 'classes' | 'numbers';
  /** What the model says, in flat ids: [batch, classes] scores, or one score for the second of two classes. */
  readonly scores: PortRef;
  readonly classes: number;
  /** Where one score decides between two classes: 0 for scores, 0.5 for probabilities. */
  readonly threshold: number;
  readonly truth: PortRef;
  /** What the classes are called, if they have names. */
  readonly names: readonly string[];
  /** The other column of the data set. */
  readonly features: Features | null;
  readonly data: DatasetInfo;
}

interface Side {
  readonly ref: PortRef;
  readonly shape: readonly unknown[];
}

/** The truth is a column of a data set, perhaps in another dtype or shape; looks through operators of one operand. */
function columnOf(program: Program, ref: PortRef): PortRef | null {
  let at: PortRef | null = ref;
  for (let hops = 0; at && hops < 8; hops++) {
    const node = program.nodes.get(at.node);
    if (!node) return null;
    if (program.datasets.some((each) => each.node.id === node.id)) return at;
    const wired = node.inputs.filter(({ source }) => source);
    at = wired.length === 1 ? (wired[0]?.source ?? null) : null;
  }
  return null;
}

/** Null where no loss compares something computed with a column of the data set. */
export function findPredictions(drawn: GraphDocument, registry: Registry): Predicting | null {
  const program = programOf(drawn, registry);
  const costs = new Set(program.optimizers.map(({ node }) => node.inputs[0]?.source?.node));
  const nodes = [...program.nodes.values()].toSorted((a, b) => Number(costs.has(b.id)) - Number(costs.has(a.id)));
  for (const { record, inputs } of nodes) {
    if (record.category !== 'Loss') continue;
    const sides = inputs.slice(0, 2).flatMap(({ source }): Side[] => {
      const value = source && program.values.get(portKey(source.node, source.port));
      return source && value ? [{ ref: source, shape: value.type.shape }] : [];
    });
    const truth = sides.findIndex(({ ref }) => columnOf(program, ref) !== null);
    const scores = sides[1 - truth];
    const column = truth < 0 ? null : columnOf(program, (sides[truth] as Side).ref);
    if (sides.length < 2 || !scores || !column || columnOf(program, scores.ref)) continue;
    return predictionsOf(program, scores, column, record.name);
  }
  return null;
}

function predictionsOf(program: Program, { ref, shape }: Side, truth: PortRef, op: string): Predicting | null {
  const dataset = program.datasets.find(({ node }) => node.id === truth.node);
  if (!dataset) return null;
  const { info } = dataset;
  const ports = dataset.node.record.outputs.map(({ name }) => name);
  const column = info.columns[ports.indexOf(truth.port)];
  const other = ports.findIndex((port) => port !== truth.port);
  const features = info.columns[other];
  const width = shape.length > 1 ? Number(shape[1]) : 1;
  const classes = column?.classes ?? 0;
  const isClasses = classes > 1 && (width === classes || (width === 1 && classes === 2));
  return {
    kind: isClasses ? 'classes' : 'numbers',
    scores: ref,
    classes: isClasses ? classes : 0,
    threshold: op === 'BinaryCrossEntropy' ? 0.5 : 0,
    truth,
    names: column?.names ?? [],
    features: features
      ? { node: truth.node, port: ports[other] ?? '', shape: features.shape, image: features.image ?? null }
      : null,
    data: info,
  };
}
