import { useState } from 'react';
import { Choice } from '../widgets/Choice.tsx';
import { formatCount, formatPercent } from '../widgets/format.ts';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { FittedCurve, RegionsPicture } from './Plots.tsx';
import type { ResultSplit, Results } from './results.ts';
import { useResults } from './use-results.ts';
import { WrongRows } from './WrongRows.tsx';

const SPLITS: readonly { readonly split: ResultSplit; readonly label: string }[] = [
  { split: 'validation', label: 'Validation' },
  { split: 'train', label: 'Training' },
  { split: 'test', label: 'Test' },
];

/** What the model says of rows of the data set, as far as it has learnt. */
export function ResultsTab() {
  const [split, setSplit] = useState<ResultSplit>('validation');
  const { results, problem, loading } = useResults(split);
  const known = results?.predicting.data.splits;
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {SPLITS.filter((each) => each.split !== 'test' || known?.test).map((each) => (
          <Choice key={each.split} kind="framed" pressed={split === each.split} onClick={() => setSplit(each.split)}>
            {each.label}
          </Choice>
        ))}
        <span role="status" className="text-muted">
          {problem ? '' : results ? summary(results) : loading ? 'Asking the model…' : ''}
        </span>
      </div>
      {problem && <p className="text-error">{problem}</p>}
      {!problem && !loading && !results && (
        <p className="text-muted">
          Nothing here compares what is computed with a column of a data set. Add a loss with labels or targets from a
          Data node.
        </p>
      )}
      {results && <Content results={results} />}
    </div>
  );
}

function summary({ step, rows, ofRows, confusion }: Results): string {
  const of =
    rows < ofRows ? `the first ${formatCount(rows)} of ${formatCount(ofRows)} rows` : `${formatCount(rows)} rows`;
  if (!confusion) return `After step ${formatCount(step)}, ${of}.`;
  return `After step ${formatCount(step)}: ${formatPercent(confusion.right / Math.max(1, rows))} of ${of} right, ${formatCount(rows - confusion.right)} wrong.`;
}

function Content({ results }: { readonly results: Results }) {
  const { confusion, regions, curve, wrong, predicting } = results;
  return (
    <div className="flex flex-wrap items-start gap-x-8 gap-y-4">
      {regions && <RegionsPicture results={results} regions={regions} />}
      {curve && <FittedCurve results={results} curve={curve} />}
      {confusion && <ConfusionMatrix confusion={confusion} classes={predicting.classes} names={predicting.names} />}
      {wrong.length > 0 && <WrongRows results={results} />}
      {!confusion && !curve && (
        <p className="text-muted">The predictions are numbers of more than one feature: there is no curve to draw.</p>
      )}
    </div>
  );
}
