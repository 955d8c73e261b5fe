import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { DataSource, PictureFormat, TableFormat } from '../../compiler/datasets.ts';
import type { DatasetPlan } from '../../data/prepare.ts';
import { classWarnings } from '../../data/suggest.ts';
import type { Preview } from '../../data/summary.ts';
import type { Looked, Outcome } from '../../runtime/data-session.ts';
import { useDocumentState } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount, formatCount } from '../widgets/format.ts';
import { SeverityMark } from '../widgets/SeverityMark.tsx';
import { Toggle } from '../widgets/Toggle.tsx';
import { Columns } from './Columns.tsx';
import {
  cancelReading,
  createDataset,
  dataDialog,
  dataNodes,
  isTrouble,
  readAs,
  type Trouble,
} from './dialog-store.ts';
import { Head } from './Head.tsx';
import { NumberField } from './NumberField.tsx';
import { Options } from './Options.tsx';

/** What was read, and what is to be made of it. */
export function Look() {
  const looked = dataDialog((state) => state.looked);
  const plan = dataDialog((state) => state.plan);
  if (!looked || !plan) return null;
  const { preview, source } = looked;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <p className="min-w-0 break-words">
          <span className="font-medium">{preview.name}</span>{' '}
          <span className="text-muted">{formatAmount(preview.rows, 'row')}</span>
        </p>
        <Format source={source} />
      </div>
      <Warnings preview={preview} plan={plan} />
      <Columns preview={preview} plan={plan} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 md:grid-cols-[minmax(0,1fr)_20rem]">
        <Head preview={preview} />
        <Options plan={plan} />
      </div>
      <Create looked={looked} />
    </div>
  );
}

const DELIMITERS = [
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'bar'],
  [' ', 'space'],
] as const;

/** How the source is read; a change reads it anew. */
function Format({ source }: { readonly source: DataSource }) {
  if (source.kind === 'table' || source.kind === 'text') return <TableFormatFields format={source.format} />;
  if (source.kind === 'pictures') return <PictureFormatFields format={source.format} />;
  return null;
}

function TableFormatFields({ format }: { readonly format: TableFormat }) {
  const id = useId();
  const change = (part: Partial<TableFormat>) => void readAs({ table: { ...format, ...part } });
  return (
    <>
      <label className="flex items-center gap-2 text-muted">
        parted by
        <select
          className="field w-auto!"
          value={format.delimiter}
          onChange={(event) => change({ delimiter: event.target.value })}
        >
          {DELIMITERS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2 text-muted">
        decimals after
        <select
          className="field w-auto!"
          value={format.decimal}
          onChange={(event) => change({ decimal: event.target.value === ',' ? ',' : '.' })}
        >
          <option value=".">point</option>
          <option value=",">comma</option>
        </select>
      </label>
      <span className="flex items-center gap-2">
        <Toggle id={id} checked={format.header} onChange={(header) => change({ header })} />
        <label htmlFor={id} className="text-muted">
          first row has names
        </label>
      </span>
    </>
  );
}

function PictureFormatFields({ format }: { readonly format: PictureFormat }) {
  const change = (part: Partial<PictureFormat>) => void readAs({ pictures: { ...format, ...part } });
  const isSide = (value: number) => Number.isInteger(value) && value >= 1 && value <= 1024;
  return (
    <span className="flex flex-wrap items-center gap-2 text-muted">
      made
      <NumberField label="Width" value={format.width} accepts={isSide} onChange={(width) => change({ width })} />×
      <NumberField label="Height" value={format.height} accepts={isSide} onChange={(height) => change({ height })} />
      <select
        aria-label="Colours"
        className="field w-auto!"
        value={format.channels}
        onChange={(event) => change({ channels: event.target.value === '3' ? 3 : 1 })}
      >
        <option value="1">in shades of grey</option>
        <option value="3">in colour</option>
      </select>
    </span>
  );
}

/** What looks wrong, whether or not it keeps the data set from being made. */
function Warnings({ preview, plan }: { readonly preview: Preview; readonly plan: DatasetPlan }) {
  const { flaws, columns } = preview;
  const roles = new Map(plan.columns.map((column) => [column.name, column]));
  const found: string[] = [];
  if (flaws.count > 0) {
    const more = flaws.count > flaws.first.length ? ', …' : '';
    found.push(`${formatAmount(flaws.count, 'row is damaged', 'rows are damaged')}: ${flaws.first.join('; ')}${more}`);
  }
  for (const column of columns) {
    const recipe = roles.get(column.name);
    if (!recipe || recipe.role === 'ignored') continue;
    if (recipe.classes) {
      if (recipe.role === 'label') found.push(...classWarnings(column));
    } else if (column.odd.length > 0) {
      const more = column.bad + column.missing > column.odd.length ? ', …' : '';
      found.push(`Not every cell of “${column.name}” is a number: ${column.odd.join('; ')}${more}`);
    }
  }
  if (found.length === 0) return null;
  return (
    <ul aria-label="What looks wrong" className="grid gap-1 rounded-md border px-3 py-2">
      {found.slice(0, 6).map((text) => (
        <li key={text} className="flex gap-2">
          <SeverityMark severity="warning" />
          <span className="min-w-0 break-words">{text}</span>
        </li>
      ))}
      {found.length > 6 && <li className="text-muted">and {found.length - 6} more</li>}
    </ul>
  );
}

function Create({ looked }: { readonly looked: Looked }) {
  const id = useId();
  const { name, editing, outcome, keeping } = dataDialog();
  const isReady = outcome !== null && !isTrouble(outcome) && !keeping;
  return (
    <div className="sticky -bottom-4 -mx-4 -mb-4 grid gap-2 rounded-b-xl border-t bg-panel px-4 py-3">
      <div aria-live="polite">
        {outcome === null ? <p className="text-muted">Preparing {looked.preview.name}…</p> : <Made outcome={outcome} />}
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {editing === null && (
          <>
            <span className="flex items-center gap-2">
              <label htmlFor={id} className="text-muted">
                Name
              </label>
              <input
                id={id}
                className="field max-w-40"
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => dataDialog.setState({ name: event.target.value })}
              />
            </span>
            <Reader />
          </>
        )}
        <span className="ml-auto flex gap-2">
          <Button onClick={cancelReading}>{editing === null ? 'Back' : 'Cancel'}</Button>
          <Button kind="primary" disabled={!isReady} onClick={() => void createDataset()}>
            {keeping ? 'Keeping…' : editing === null ? 'Create' : 'Change'}
          </Button>
        </span>
      </div>
    </div>
  );
}

const NEW_NODE = '';

/** Which node will read the data set. */
function Reader() {
  const target = dataDialog((state) => state.target);
  const nodes = useDocumentState(useShallow((state) => dataNodes(state.document.graph.nodes)));
  if (nodes.length === 0) return null;
  return (
    <label className="flex items-center gap-2 text-muted">
      for
      <select
        className="field w-auto! max-w-40"
        value={target ?? NEW_NODE}
        onChange={(event) => dataDialog.setState({ target: event.target.value || null })}
      >
        {nodes.map((node) => (
          <option key={node.id} value={node.id}>
            {node.name}
          </option>
        ))}
        <option value={NEW_NODE}>a new node</option>
      </select>
    </label>
  );
}

function Made({ outcome }: { readonly outcome: Outcome | Trouble }) {
  if (isTrouble(outcome)) {
    return (
      <div role="alert" className="flex gap-2">
        <SeverityMark severity="error" />
        <p>
          <span className="font-medium text-error">{outcome.title}.</span>{' '}
          <span className="text-muted">{outcome.cause}</span>
        </p>
      </div>
    );
  }
  const { info, dropped, repeated } = outcome;
  const { train, validation, test } = info.splits;
  const count = ([from, to]: readonly [number, number]) => formatCount(to - from);
  const ports = info.columns.map(({ dtype, shape, classes }, at) => {
    const type = `${dtype === 'int32' ? 'i32' : 'f32'}[${['batch', ...shape].join(',')}]`;
    return `${at === 0 ? 'x' : 'y'} ${type}${classes ? ` of ${classes} classes` : ''}`;
  });
  const held = validation[1] - validation[0] + (test ? test[1] - test[0] : 0);
  return (
    <>
      <p>
        <span className="font-mono text-sm">{ports.join(', ')}</span>{' '}
        <span className="text-muted">
          · {count(train)} rows to train, {count(validation)} for validation{test ? `, ${count(test)} for testing` : ''}
          {dropped > 0 && ` · ${formatAmount(dropped, 'row')} left out`}
        </span>
      </p>
      {repeated > 0 && (
        <p className="flex gap-2">
          <SeverityMark severity={repeated > held / 10 ? 'warning' : 'notice'} />
          {formatAmount(repeated, 'row')} of {formatCount(held)} for validation and testing{' '}
          {repeated === 1 ? 'has' : 'have'} the same features as a training row.
        </p>
      )}
    </>
  );
}
