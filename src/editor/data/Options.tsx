import { type ReactNode, useId } from 'react';
import type { MissingPolicy, Normalization, SplitRecipe } from '../../compiler/datasets.ts';
import type { DatasetPlan } from '../../data/prepare.ts';
import { Toggle } from '../widgets/Toggle.tsx';
import { setPlan } from './dialog-store.ts';
import { NumberField } from './NumberField.tsx';

interface RowProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: (id: string) => ReactNode;
}

function Row({ label, hint, children }: RowProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[112px_minmax(0,1fr)] items-start gap-x-2">
      <label htmlFor={id} className="py-1 text-muted">
        {label}
      </label>
      <div className="min-w-0">{children(id)}</div>
      {hint && <p className="col-start-2 text-faint text-sm">{hint}</p>}
    </div>
  );
}

const MISSING: Readonly<Record<MissingPolicy, string>> = {
  refuse: 'are refused',
  drop: 'are left out with their rows',
  mean: 'get the mean of the training rows',
};

const NORMALIZE = {
  none: 'as they are',
  standardize: 'mean 0, deviation 1',
  'min-max': 'from 0 to 1',
  'divide by 255': 'divided by 255',
  'divide by 256': 'divided by 256',
  divide: 'divided by…',
} as const;

function choiceOf(normalize: Normalization): keyof typeof NORMALIZE {
  if (normalize.kind !== 'divide') return normalize.kind;
  if (normalize.by === 255) return 'divide by 255';
  return normalize.by === 256 ? 'divide by 256' : 'divide';
}

function normalizationOf(choice: string): Normalization {
  switch (choice) {
    case 'standardize':
    case 'min-max':
      return { kind: choice };
    case 'divide by 255':
      return { kind: 'divide', by: 255 };
    case 'divide by 256':
      return { kind: 'divide', by: 256 };
    case 'divide':
      return { kind: 'divide', by: 100 };
    default:
      return { kind: 'none' };
  }
}

/** What is made of the columns, and how the rows are divided. */
export function Options({ plan }: { readonly plan: DatasetPlan }) {
  const change = (part: Partial<DatasetPlan>) => setPlan({ ...plan, ...part });
  const { normalize } = plan;
  const hasClasses = plan.columns.some(({ role, classes }) => role === 'label' && classes);
  const statistics = normalize.kind === 'standardize' || normalize.kind === 'min-max';
  return (
    <section aria-label="Preparation" className="grid content-start gap-1.5">
      <h3 className="font-medium">Numbers</h3>
      <Row label="features" hint={statistics ? 'By the statistics of the training rows alone.' : undefined}>
        {(id) => (
          <div className="flex gap-2">
            <select
              id={id}
              className="field"
              value={choiceOf(normalize)}
              onChange={(event) => change({ normalize: normalizationOf(event.target.value) })}
            >
              {Object.entries(NORMALIZE).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
            {choiceOf(normalize) === 'divide' && normalize.kind === 'divide' && (
              <NumberField
                label="Divisor"
                value={normalize.by}
                accepts={(value) => value !== 0}
                onChange={(by) => change({ normalize: { kind: 'divide', by } })}
              />
            )}
          </div>
        )}
      </Row>
      <Row label="odd cells" hint="Empty cells, and text where numbers are meant.">
        {(id) => (
          <select
            id={id}
            className="field"
            value={plan.missing}
            onChange={(event) => change({ missing: event.target.value as MissingPolicy })}
          >
            {Object.entries(MISSING).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Row>
      {hasClasses && (
        <Row label="label">
          {(id) => (
            <select
              id={id}
              className="field"
              value={plan.labels}
              onChange={(event) => change({ labels: event.target.value as DatasetPlan['labels'] })}
            >
              <option value="index">number of the class</option>
              <option value="one-hot">one-hot</option>
            </select>
          )}
        </Row>
      )}
      <Division splits={plan.splits} hasClasses={hasClasses} onChange={(splits) => change({ splits })} />
    </section>
  );
}

interface DivisionProps {
  readonly splits: SplitRecipe;
  readonly hasClasses: boolean;
  readonly onChange: (splits: SplitRecipe) => void;
}

const percent = (share: number) => Math.round(share * 1e4) / 100;

/** Training gets what validation and test leave. */
function Division({ splits, hasClasses, onChange }: DivisionProps) {
  const set = (part: Partial<SplitRecipe>) => {
    const { validation, test } = { ...splits, ...part };
    onChange({ ...splits, ...part, train: Math.round((1 - validation - test) * 1e6) / 1e6 });
  };
  const share = (name: 'validation' | 'test', least: number) => (
    <Row label={`${name}, %`}>
      {(id) => (
        <NumberField
          id={id}
          value={percent(splits[name])}
          accepts={(value) => {
            const other = splits[name === 'test' ? 'validation' : 'test'];
            return value >= least && value / 100 + other < 1;
          }}
          onChange={(value) => set({ [name]: value / 100 })}
        />
      )}
    </Row>
  );
  return (
    <>
      <h3 className="mt-2 font-medium">Division</h3>
      <div className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-2">
        <span className="text-muted">training, %</span>
        <span>{percent(splits.train)}</span>
      </div>
      {share('validation', 0.01)}
      {share('test', 0)}
      <Row
        label="drawn at random"
        hint={splits.shuffle ? undefined : 'The first rows are for training, the last for testing.'}
      >
        {(id) => <Toggle id={id} checked={splits.shuffle} onChange={(shuffle) => onChange({ ...splits, shuffle })} />}
      </Row>
      {splits.shuffle && (
        <Row label="seed">
          {(id) => (
            <NumberField
              id={id}
              value={splits.seed}
              accepts={(value) => Number.isInteger(value) && value >= 0}
              onChange={(seed) => onChange({ ...splits, seed })}
            />
          )}
        </Row>
      )}
      {hasClasses && (
        <Row label="same classes" hint="Every part has the same share of each class.">
          {(id) => (
            <Toggle id={id} checked={splits.stratify} onChange={(stratify) => onChange({ ...splits, stratify })} />
          )}
        </Row>
      )}
    </>
  );
}
