import { useRef } from 'react';
import { COLUMN_ROLES, type ColumnRecipe, type ColumnRole } from '../../compiler/datasets.ts';
import type { DatasetPlan } from '../../data/prepare.ts';
import type { ColumnSummary, Preview } from '../../data/summary.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount, formatCount, formatFigure } from '../widgets/format.ts';
import { classesOf, setPlan } from './dialog-store.ts';
import { Histogram } from './Histogram.tsx';
import { useRowsInSight } from './use-rows-in-sight.ts';

const ROW = 48;
/** More columns than this are given their roles together, too. */
const MANY = 6;

interface ColumnsProps {
  readonly preview: Preview;
  readonly plan: DatasetPlan;
}

/** What each column holds, and what it is for. */
export function Columns({ preview, plan }: ColumnsProps) {
  const host = useRef<HTMLDivElement>(null);
  const { first, last, above, below } = useRowsInSight(host, preview.columns.length, ROW);
  const byName = new Map(plan.columns.map((column) => [column.name, column]));
  const change = (changes: readonly ColumnRecipe[]) => {
    const changed = new Map(changes.map((column) => [column.name, column]));
    const known = new Set(plan.columns.map(({ name }) => name));
    const added = changes.filter(({ name }) => !known.has(name));
    setPlan({ ...plan, columns: [...plan.columns.map((column) => changed.get(column.name) ?? column), ...added] });
  };
  const recipeOf = ({ name }: ColumnSummary): ColumnRecipe => byName.get(name) ?? { name, role: 'ignored' };
  const others = preview.columns.filter((column) => recipeOf(column).role !== 'label');
  const setAll = (role: ColumnRole) => change(others.map((column) => ({ ...recipeOf(column), role })));
  return (
    <section aria-label="Columns">
      <div className="mb-1 flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{formatAmount(preview.columns.length, 'column')}</h3>
        {preview.columns.length > MANY && (
          <span className="ml-auto flex items-center gap-1 text-muted">
            All but labels:
            <Button onClick={() => setAll('feature')}>feature</Button>
            <Button onClick={() => setAll('ignored')}>ignored</Button>
          </span>
        )}
      </div>
      <div ref={host} className="scroll-thin max-h-60 overflow-y-auto rounded-md border max-sm:max-h-72">
        <ul style={{ paddingTop: above, paddingBottom: below }}>
          {preview.columns.slice(first, last).map((column) => (
            <ColumnRow
              key={column.name}
              column={column}
              recipe={recipeOf(column)}
              onChange={(next) => change([next])}
            />
          ))}
        </ul>
      </div>
    </section>
  );
}

function contentOf({ shape, numbers, kinds, bad, missing, classes }: ColumnSummary, asClasses: boolean): string {
  const odd = bad + missing > 0 ? ` · ${formatAmount(bad + missing, 'cell')} without a number` : '';
  if (numbers && bad === 0 && !(asClasses && classes)) {
    const { min, max, mean, std } = numbers;
    const of = shape.length > 0 ? `${shape.join(' × ')} numbers, ` : '';
    const end = numbers.whole ? formatCount : formatFigure;
    return `${of}${end(min)} … ${end(max)}, mean ${formatFigure(mean)} ± ${formatFigure(std)}${odd}`;
  }
  const first = (classes ?? []).slice(0, 3).map(({ text }) => text);
  const more = kinds !== null && kinds > first.length ? ', …' : '';
  return kinds === null ? 'text' : `${formatAmount(kinds, 'kind')}: ${first.join(', ')}${more}`;
}

function barsOf({ name, numbers, classes, bad }: ColumnSummary, asClasses: boolean) {
  if (classes && (asClasses || bad > 0 || !numbers)) {
    const counts = classes.slice(0, 24).map(({ count }) => count);
    const label = `Rows of ${classes
      .slice(0, 5)
      .map(({ text, count }) => `${text}: ${formatCount(count)}`)
      .join(', ')}`;
    return <Histogram counts={counts} label={label} />;
  }
  if (!numbers) return <span className="w-24 shrink-0" />;
  return <Histogram counts={numbers.histogram} label={`Distribution of ${name}`} />;
}

interface ColumnRowProps {
  readonly column: ColumnSummary;
  readonly recipe: ColumnRecipe;
  readonly onChange: (recipe: ColumnRecipe) => void;
}

function ColumnRow({ column, recipe, onChange }: ColumnRowProps) {
  const { name, role, classes } = recipe;
  const canBeClasses = column.kinds !== null && column.shape.length === 0;
  const canBeNumbers = column.numbers !== null;
  const takeAs = async (as: string) => {
    onChange(as === 'classes' ? { name, role, classes: classes ?? (await classesOf(name)) } : { name, role });
  };
  return (
    <li
      style={{ height: ROW }}
      className={`flex w-full items-center gap-3 border-b px-2 ${role === 'ignored' ? 'text-faint' : ''}`}
    >
      <div className="w-40 min-w-0 flex-1 sm:w-64">
        <div className="truncate font-medium" title={name}>
          {name}
        </div>
        <div className="truncate text-muted text-sm" title={contentOf(column, recipe.classes !== undefined)}>
          {contentOf(column, recipe.classes !== undefined)}
        </div>
      </div>
      <span className="max-sm:hidden">{barsOf(column, recipe.classes !== undefined)}</span>
      <select
        aria-label={`Role of ${name}`}
        className="field w-24! shrink-0"
        value={role}
        onChange={(event) => onChange({ ...recipe, role: event.target.value as ColumnRole })}
      >
        {COLUMN_ROLES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <select
        aria-label={`Take ${name} as`}
        className="field w-24! shrink-0"
        disabled={role === 'ignored' || !(canBeClasses && canBeNumbers)}
        value={classes ? 'classes' : 'numbers'}
        onChange={(event) => void takeAs(event.target.value)}
      >
        <option value="numbers">numbers</option>
        <option value="classes">classes</option>
      </select>
    </li>
  );
}
