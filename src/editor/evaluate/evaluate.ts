/** The value of a wire for inputs of one's own: Theano's `f.eval({x: [2, 3, 0]})`. */
import type { PortRef } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { compileReading, type FedInput } from '../../compiler/questions/readings.ts';
import { portKey } from '../../compiler/result.ts';
import { makeArray, type TensorData } from '../../compiler/types.ts';
import { questions } from '../session/questions.ts';
import type { Editor } from '../store/create-editor.ts';

/** Numbers for an input, row-major; or rows of the data set, by number, for an output of a Data node. */
export type Given = { readonly numbers: readonly number[] } | { readonly rows: readonly number[] };

export interface EvaluationSource extends PortRef {
  readonly key: string;
  /** `x`, or `digits.x`. */
  readonly name: string;
  readonly dtype: FedInput['dtype'];
  /** Of one row where `isBatch`, else of the whole. */
  readonly shape: readonly number[];
  readonly isBatch: boolean;
  /** Rows of a data set can stand for it. */
  readonly isData: boolean;
}

export interface Evaluable {
  readonly target: PortRef;
  readonly sources: readonly EvaluationSource[];
}

/** Elements of `[[1, 2], [3, 4]]` or `1, 2, 3`; null where something in it is no number. */
export function parseNumbers(text: string): number[] | null {
  const parts = text
    .replace(/[[\]()\s,;]+/g, ' ')
    .trim()
    .split(' ');
  const numbers = parts.map((part) => (part === 'true' ? 1 : part === 'false' ? 0 : Number(part)));
  return parts[0] === '' || numbers.some(Number.isNaN) ? null : numbers;
}

/** Ids of Data nodes are those of the flat drawing. */
function dataPorts(editor: Editor): Set<string> {
  const { document, check } = editor.whole.getState();
  const { nodes } = flatten(document, editor.registry).document.graph;
  const isData = (key: string) =>
    editor.registry.get(nodes[key.slice(0, key.lastIndexOf(':'))]?.op ?? '')?.kind === 'data';
  return new Set([...check.types.keys()].filter(isData));
}

function read(editor: Editor, target: PortRef, batch: number, fed: ReadonlySet<string>) {
  const { document } = editor.whole.getState();
  return compileReading(document, editor.registry, { values: [target], mode: 'inference', batch, fed });
}

/** What has to be given for a wire; null where it is not computed. Ids are flat. */
export function evaluable(editor: Editor, target: PortRef): Evaluable | null {
  const { document, check } = editor.whole.getState();
  if (check.diagnostics.some(({ severity }) => severity === 'error')) return null;
  const reading = read(editor, target, 1, dataPorts(editor));
  if (!reading) return null;
  const { nodes } = flatten(document, editor.registry).document.graph;
  const sources = reading.fed.map(({ node, port, dtype, shape }): EvaluationSource => {
    const key = portKey(node, port);
    const isBatch = check.types.get(key)?.shape[0] === 'batch';
    const isData = editor.registry.get(nodes[node]?.op ?? '')?.kind === 'data';
    const name = nodes[node]?.name ?? node;
    return {
      node,
      port,
      key,
      name: isData ? `${name}.${port}` : name,
      dtype,
      shape: isBatch ? shape.slice(1) : shape,
      isBatch,
      isData,
    };
  });
  return { target, sources };
}

const product = (shape: readonly number[]) => shape.reduce((all, dim) => all * dim, 1);

function rowsGiven(source: EvaluationSource, given: Given | undefined): number | null {
  if (!given) throw new Error(`${source.name} has no values.`);
  if ('rows' in given) return given.rows.length;
  const size = product(source.shape);
  const rows = given.numbers.length / size;
  if (!source.isBatch && rows === 1) return null;
  if (source.isBatch && rows >= 1 && Number.isInteger(rows)) return rows;
  const each = `${size} ${size === 1 ? 'number' : 'numbers'}`;
  const wanted = source.isBatch ? `${each} for each row` : each;
  throw new Error(`${source.name} takes ${wanted}, not ${given.numbers.length}.`);
}

/** Rejects with a sentence for the user. `given` is by key of the source. */
export async function evaluateWire(
  editor: Editor,
  { target, sources }: Evaluable,
  given: Readonly<Record<string, Given>>,
): Promise<TensorData> {
  const counts = new Map(sources.map((source) => [source, rowsGiven(source, given[source.key])]));
  const batches = [...counts].flatMap(([{ name }, rows]) => (rows === null ? [] : [{ name, rows }]));
  const [first] = batches;
  const other = batches.find(({ rows }) => rows !== first?.rows);
  if (first && other) {
    throw new Error(`${first.name} has ${first.rows} rows, ${other.name} has ${other.rows}: they have to be as many.`);
  }
  const own = sources.filter(({ key }) => 'numbers' in (given[key] as Given));
  const fed = new Set(own.map(({ key }) => key));
  const reading = read(editor, target, first?.rows ?? 1, fed);
  const [value] = reading?.values ?? [];
  if (!reading || !value) throw new Error('There is nothing to compute.');
  const rowLists = sources.flatMap(({ key }) => {
    const from = given[key];
    return from && 'rows' in from ? [from.rows] : [];
  });
  if (rowLists.some((rows) => rows.join() !== rowLists[0]?.join())) {
    throw new Error('Inputs from the data set have to be of the same rows.');
  }
  const feeds = Object.fromEntries(
    reading.fed.map(({ name, node, port, dtype }) => {
      const from = given[portKey(node, port)];
      return [name, makeArray(dtype, from && 'numbers' in from ? [...from.numbers] : []) as Float32Array];
    }),
  );
  const { outputs } = await questions().inquire({
    key: `evaluate ${editor.whole.getState().revision} ${JSON.stringify([target, [...fed], first?.rows])}`,
    graph: reading.graph,
    runs: [{ rows: rowLists[0] ? Int32Array.from(rowLists[0]) : null, feeds }],
  });
  const data = outputs[0]?.[value.output] ?? new Float32Array(0);
  return { dtype: value.dtype, shape: value.shape, data: makeArray(value.dtype, Array.from(data)) };
}

/** The first output of a node, by names alone; rejects with a sentence for the user. */
export async function evaluateByName(
  editor: Editor,
  name: string,
  inputs: Readonly<Record<string, readonly number[]>>,
): Promise<{ readonly shape: readonly number[]; readonly values: readonly number[] }> {
  const { nodes } = flatten(editor.whole.getState().document, editor.registry).document.graph;
  const node = nodes[name] ?? Object.values(nodes).find((candidate) => candidate.name === name);
  if (!node) throw new Error(`There is no node “${name}”.`);
  const [output] = editor.registry.get(node.op)?.outputs ?? [];
  if (!output) throw new Error(`${node.name} has no value.`);
  const port = output.variadic ? `${output.name}.0` : output.name;
  const found = evaluable(editor, { node: node.id, port });
  if (!found) throw new Error('Errors in the drawing stand in the way.');
  const given = found.sources.flatMap((source): [string, Given][] => {
    const numbers = inputs[source.name];
    return numbers ? [[source.key, { numbers }]] : [];
  });
  const { shape, data } = await evaluateWire(editor, found, Object.fromEntries(given));
  return { shape, values: Array.from(data as ArrayLike<number>, Number) };
}
