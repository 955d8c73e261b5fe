import { useEffect, useState } from 'react';
import { type Choices, chosenFirst, savedStep, stateOf, stepOf } from '../../weights/choices.ts';
import { type Choice, conversion, type Match, matchWeights, type Slot, unusedTensors } from '../../weights/match.ts';
import { readWeightFile, type WeightFile } from '../../weights/weight-file.ts';
import { announce } from '../announce/announcer.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { Toggle } from '../widgets/Toggle.tsx';
import { weights } from './weights.ts';

interface LoadReportProps {
  readonly file: File;
  readonly onEnd: () => void;
}

interface Report {
  readonly file: WeightFile;
  readonly slots: readonly Slot[];
  readonly matches: readonly Match[];
}

/** What of a file goes where; the user changes it, and confirms. */
export function LoadReport({ file, onEnd }: LoadReportProps) {
  const [report, setReport] = useState<Report | null>(null);
  const [choices, setChoices] = useState<Choices>(new Map());
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    const begin = async () => {
      const read = readWeightFile(new Uint8Array(await file.arrayBuffer()), file.name);
      const slots = await weights().slots();
      const matches = matchWeights(slots, read);
      setReport({ file: read, slots, matches });
      setChoices(chosenFirst(matches));
    };
    begin().catch((error) => setFailure(error instanceof Error ? error.message : String(error)));
  }, [file]);

  if (failure) {
    return (
      <>
        <p role="alert" className="mb-3 break-words text-error">
          {failure}
        </p>
        <Button onClick={onEnd}>Back</Button>
      </>
    );
  }
  if (!report) return <p className="text-muted">Reading…</p>;
  const load = () => {
    weights()
      .load(stateOf(report.file, choices), stepOf(report.file, report.slots, choices))
      .then(() => {
        announce('weights', `Loaded ${amountOf(report, choices)}.`);
        onEnd();
      })
      .catch((error) => setFailure(error instanceof Error ? error.message : String(error)));
  };
  return (
    <>
      <Matches report={report} choices={choices} onChoose={setChoices} />
      <Outcome report={report} choices={choices} />
      <div className="mt-3 flex gap-2">
        <Button kind="primary" disabled={choices.size === 0} onClick={load}>
          Load {amountOf(report, choices)}
        </Button>
        <Button onClick={onEnd}>Cancel</Button>
      </div>
    </>
  );
}

/** `3 parameters and state`. */
function amountOf({ slots }: Report, choices: Choices): string {
  const parameters = slots.filter(({ id, kind }) => kind === 'parameter' && choices.has(id)).length;
  return `${formatAmount(parameters, 'parameter')}${choices.size > parameters ? ' and state' : ''}`;
}

interface MatchesProps {
  readonly report: Report;
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
}

function withChoice(choices: Choices, slot: string, choice: Choice | null): Choices {
  const next = new Map(choices);
  if (choice) next.set(slot, choice);
  else next.delete(slot);
  return next;
}

function Matches({ report: { file, matches }, choices, onChoose }: MatchesProps) {
  const parameters = matches.filter(({ slot }) => slot.kind === 'parameter');
  // State of an optimizer that the file has nothing for begins anew by itself.
  const state = matches.filter(({ slot, choices: all }) => slot.kind === 'slot' && all.length > 0);
  const withState = state.some(({ slot }) => choices.has(slot.id));
  const open = parameters.filter(({ slot, suggested }) => suggested && !choices.has(slot.id));
  const suggest = () => {
    onChoose(open.reduce((next, { slot, suggested }) => withChoice(next, slot.id, suggested), choices));
  };
  const switchState = (on: boolean) => {
    onChoose(state.reduce((next, { slot, chosen }) => withChoice(next, slot.id, on ? chosen : null), choices));
  };
  return (
    <>
      {open.length > 0 && (
        <p className="mb-2 flex flex-wrap items-center gap-2">
          <span className="text-muted">
            {open.length === 1 ? 'One parameter has a likely value' : `${open.length} parameters have likely values`}
            {' under another name or in another layout.'}
          </span>
          <Button onClick={suggest}>Take the {open.length === 1 ? 'suggestion' : 'suggestions'}</Button>
        </p>
      )}
      <ul aria-label="Parameters" className="flex flex-col gap-1.5">
        {parameters.map((match) => (
          <MatchRow
            key={match.slot.id}
            match={match}
            file={file}
            choice={choices.get(match.slot.id) ?? null}
            onChoose={(choice) => onChoose(withChoice(choices, match.slot.id, choice))}
          />
        ))}
      </ul>
      {state.length > 0 && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the switch is inside
        <label className="mt-2 flex min-h-7 items-center gap-2">
          <Toggle checked={withState} onChange={switchState} label="With the optimizer’s state" />
          With the optimizer’s state, {formatAmount(state.length, 'tensor')}
        </label>
      )}
    </>
  );
}

const FITS = { same: '', transposed: ', transposed', reshaped: ', reshaped' } as const;
const print = (shape: readonly number[]) => `[${shape.join(', ')}]`;

interface MatchRowProps {
  readonly match: Match;
  readonly file: WeightFile;
  readonly choice: Choice | null;
  readonly onChoose: (choice: Choice | null) => void;
}

function MatchRow({ match, file, choice, onChoose }: MatchRowProps) {
  const { slot, choices: offered, found, suggested } = match;
  const tensor = choice ? file.tensors.get(choice.name) : undefined;
  const note = tensor ? conversion(tensor) : null;
  const at = offered.findIndex((each) => each.name === choice?.name && each.fit === choice.fit);
  return (
    <li className="rounded-lg border border-line px-2.5 py-1.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-32 flex-1 truncate">
          <span className="font-medium">{slot.id}</span>{' '}
          <span className="font-mono text-muted text-sm">{print(slot.shape)}</span>
        </span>
        {offered.length > 0 ? (
          <select
            aria-label={`What becomes ${slot.id}`}
            className="field w-auto max-w-full"
            value={at}
            onChange={(event) => onChoose(offered[Number(event.target.value)] ?? null)}
          >
            <option value={-1}>keeps its value</option>
            {offered.map((each, index) => (
              <option key={each.name + each.fit} value={index}>
                {each.name}
                {FITS[each.fit]}
              </option>
            ))}
          </select>
        ) : (
          <span className="text-muted">keeps its value</span>
        )}
      </div>
      {note && <p className="text-muted text-sm">{note}</p>}
      {!choice && (
        <p className="text-sm text-warning">
          {found
            ? `The file has ${slot.id} with the shape ${print(found)}, which does not fit.`
            : offered.some(({ name }) => name === slot.id)
              ? `The file has ${slot.id} in another layout.`
              : `The file has no ${slot.id}.`}
          {suggested && ` Likely: ${suggested.name}${FITS[suggested.fit]}.`}
        </p>
      )}
    </li>
  );
}

/** What is left over, and where training goes on. */
function Outcome({ report: { file, slots }, choices }: Pick<MatchesProps, 'report' | 'choices'>) {
  const unused = unusedTensors(file, [...choices.values()]);
  const saved = savedStep(file);
  const step = stepOf(file, slots, choices);
  return (
    <div className="mt-2 flex flex-col gap-1 text-muted">
      {unused.length > 0 && (
        <details>
          <summary className="min-h-6">Not used: {formatAmount(unused.length, 'tensor')} of the file</summary>
          <p className="break-words font-mono text-sm">{unused.join(', ')}</p>
        </details>
      )}
      {step !== null && <p>Training goes on at step {step}.</p>}
      {step === null && saved !== null && (
        <p>Saved at step {saved}; training goes on where it is, because not all of its state is loaded.</p>
      )}
    </div>
  );
}
