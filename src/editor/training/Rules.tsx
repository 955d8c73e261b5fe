import { History } from 'lucide-react';
import { loopOptions } from '../../compiler/training-options.ts';
import { Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useFlatNodes, useSession, useTraining } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { restoreBest } from './commands.ts';
import { LoopField, LoopFields } from './LoopField.tsx';
import { ENDINGS } from './words.ts';

/** How the learning rate changes while training goes on. */
export function Schedule() {
  const loop = loopOptions(useTraining());
  const { kind } = loop.schedule;
  return (
    <div className="mt-3 flex flex-col gap-1.5">
      <LoopFields loop={loop} group="schedule" without={loop.schedule.warmup > 0 ? [] : ['warmupStart']} />
      {kind === 'plateau' && (
        <p className="text-faint text-sm">
          It falls where training would otherwise stop: after epochs without a new best.
        </p>
      )}
    </div>
  );
}

/** Early stopping always keeps the best. */
const KEPT_ANYWAY = [
  ['off', 'keep'],
  ['restore', 'restore at the end'],
] as const;

/** When the validation split is looked at, and what follows from it. */
export function Validation() {
  const loop = loopOptions(useTraining());
  const metrics = useMetricNodes();
  const { earlyStopping, schedule, validation } = loop;
  const forced =
    earlyStopping.rule === 'patience'
      ? 'Patience also has it evaluated every epoch, or at half the patience.'
      : earlyStopping.rule === 'epochs' || schedule.kind === 'plateau'
        ? 'It is evaluated at the end of every epoch.'
        : null;
  const follows = earlyStopping.rule !== 'off' || schedule.kind === 'plateau' || loop.best !== 'off';
  return (
    <Section title="Validation and early stopping">
      <div className="flex flex-col gap-1.5">
        <LoopFields loop={loop} group="validation" without={['monitor', 'goal']} />
        <LoopFields loop={loop} group="earlyStopping" />
        <LoopField
          loop={loop}
          group={null}
          name="best"
          {...(earlyStopping.rule !== 'off' && loop.best !== 'keep' && { choices: KEPT_ANYWAY })}
        />
        {follows && (
          <>
            <LoopField loop={loop} group="validation" name="monitor" choices={choicesOf(validation.monitor, metrics)} />
            <LoopField loop={loop} group="validation" name="goal" />
          </>
        )}
      </div>
      {forced && <p className="mt-1.5 text-faint text-sm">{forced}</p>}
      <BestSoFar />
    </Section>
  );
}

function useMetricNodes(): readonly string[] {
  const nodes = useFlatNodes();
  return Object.values(nodes).flatMap((node) => (node.op === 'Metric' && !node.muted ? [node.name] : []));
}

/** A name that is no metric any more stays in the list: the problems panel says what is wrong with it. */
function choicesOf(monitor: string, metrics: readonly string[]): readonly (readonly [string, string])[] {
  return [...new Set(['loss', ...metrics, monitor])].map((name) => [name, name]);
}

function BestSoFar() {
  const rules = useSession((state) => state.rules);
  const { monitor } = loopOptions(useTraining()).validation;
  if (!rules?.best) return null;
  const { best, ending, kept, falls } = rules;
  return (
    <div className="mt-2 flex flex-col items-start gap-1.5">
      <p>
        Best {monitor} <span className="font-semibold">{formatFigure(best.value)}</span> at step{' '}
        {formatCount(best.step)}.{ending && ` ${ENDINGS[ending]}.`}
        {!ending &&
          rules.patience !== null &&
          ` Goes on to step ${formatCount(Math.ceil(rules.patience) + 1)} at least.`}
        {falls.length > 0 &&
          ` The learning rate fell ${falls.length === 1 ? 'once' : `${formatCount(falls.length)} times`}.`}
      </p>
      {kept !== null && (
        <Button onClick={() => void restoreBest.run(editor)}>
          <History size={14} aria-hidden="true" /> Restore step {formatCount(kept)}
        </Button>
      )}
    </div>
  );
}
