/** What a table is likely meant for: a beginning that the user can change. */
import type { ColumnRecipe, DataSource } from '../compiler/datasets.ts';
import type { DatasetPlan } from './prepare.ts';
import { type ColumnSummary, FEW_CLASSES, isLabelName, type Preview } from './summary.ts';

const ID_NAME = /^(id|index|no\.?|row|column 1|unnamed.*)$/i;
const isText = ({ numbers, bad }: ColumnSummary) => numbers === null || bad > 0;
const kindsOf = ({ kinds }: ColumnSummary) => kinds ?? Number.POSITIVE_INFINITY;

function labelOf(columns: readonly ColumnSummary[], rows: number): ColumnSummary | undefined {
  if (columns.length < 2) return undefined;
  const single = columns.filter(({ shape }) => shape.length === 0);
  const named = single.find(({ name }) => isLabelName(name));
  if (named) return named;
  // The last column, unless it is remarks or names.
  return single.findLast((column) => !isText(column) || (kindsOf(column) > 1 && kindsOf(column) <= rows / 2));
}

/** Whether a label is rather a class than an amount. */
function isClass(column: ColumnSummary, rows: number): boolean {
  if (isText(column)) return column.classes !== null;
  return (
    column.numbers?.whole === true &&
    kindsOf(column) <= Math.min(isLabelName(column.name) ? 100 : FEW_CLASSES, rows / 2)
  );
}

const withClasses = ({ classes }: ColumnSummary) => ({ classes: classes?.map(({ text }) => text) ?? [] });

function columnOf(column: ColumnSummary, label: ColumnSummary | undefined, { rows }: Preview): ColumnRecipe {
  const { name } = column;
  if (column === label) return { name, role: 'label', ...(isClass(column, rows) && withClasses(column)) };
  const isId = ID_NAME.test(name) && column.numbers?.whole === true && kindsOf(column) > 0.95 * rows;
  if (isText(column)) {
    return kindsOf(column) <= FEW_CLASSES && kindsOf(column) > 1
      ? { name, role: 'feature', ...withClasses(column) }
      : { name, role: 'ignored' };
  }
  return { name, role: isId ? 'ignored' : 'feature' };
}

export function suggestPlan(preview: Preview, source: DataSource): DatasetPlan {
  const { columns, rows } = preview;
  const label = labelOf(columns, rows);
  const recipes = columns.map((column) => columnOf(column, label, preview));
  const features = columns.filter((_, at) => recipes[at]?.role === 'feature');
  const bytes = features.every(({ numbers, shape }) => shape.length > 0 && numbers?.max && numbers.max > 1);
  const isTable = source.kind === 'table' || source.kind === 'text';
  const classes = recipes.find(({ role }) => role === 'label')?.classes;
  const many = rows >= 100;
  return {
    columns: recipes,
    missing: 'refuse',
    labels: 'index',
    normalize: isTable ? { kind: 'standardize' } : bytes ? { kind: 'divide', by: 255 } : { kind: 'none' },
    splits: {
      train: 0.8,
      validation: many ? 0.1 : 0.2,
      test: many ? 0.1 : 0,
      seed: 1,
      shuffle: true,
      stratify: classes !== undefined,
    },
  };
}

/** What looks wrong in the classes of a label, as sentences. */
export function classWarnings({ name, classes }: ColumnSummary): string[] {
  const warnings: string[] = [];
  const alike = new Map<string, { text: string; count: number }>();
  for (const entry of classes ?? []) {
    const plain = entry.text.toLowerCase().replace(/[\s_-]+/g, '');
    const other = alike.get(plain);
    if (other) {
      warnings.push(
        `“${other.text}” (${other.count}) and “${entry.text}” (${entry.count}) are two classes of “${name}”. Are they meant to be one?`,
      );
    } else alike.set(plain, entry);
  }
  const lonely = (classes ?? []).filter(({ count }) => count === 1);
  if (lonely.length > 0 && lonely.length < 20) {
    const names = lonely.map(({ text }) => `“${text}”`).join(', ');
    warnings.push(
      `${names} of “${name}” ${lonely.length === 1 ? 'has' : 'have'} a single row. Is that a mistake in writing?`,
    );
  }
  if (classes?.length === 1) warnings.push(`“${name}” has one class only, so there is nothing to tell apart.`);
  return warnings;
}
