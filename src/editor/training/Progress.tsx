import { useSession } from '../store/hooks.ts';
import { formatCount } from '../widgets/format.ts';
import { formatDuration, timeLeft } from './time-left.ts';

/** How far training is, as a line: towards its end where that is known, and else through the epoch. */
export function ProgressLine() {
  const step = useSession((state) => state.step);
  const until = useSession((state) => state.until);
  const perEpoch = useSession((state) => state.stepsPerEpoch);
  const rate = useSession((state) => state.stepsPerSecond);
  const finished = useSession((state) => state.phase === 'finished');
  if (step === 0 || (until === null && perEpoch <= 1)) return null;
  const share = finished ? 1 : until === null ? (step % perEpoch) / perEpoch : Math.min(1, step / Math.max(1, until));
  const left = until === null ? null : timeLeft(step, until, rate);
  const text =
    until === null
      ? `Epoch ${formatCount(Math.floor(step / perEpoch) + 1)}, ${Math.round(share * 100)} %`
      : `Step ${formatCount(step)} of ${formatCount(until)}${left === null ? '' : `, ${formatDuration(left)} left`}`;
  return (
    <div
      role="progressbar"
      aria-label={until === null ? 'Progress of the epoch' : 'Progress of training'}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={text}
      title={text}
      className="absolute inset-x-3 bottom-0 h-0.75 overflow-hidden rounded-full bg-panel-2"
    >
      <div className="h-full rounded-full bg-update" style={{ width: `${share * 100}%` }} />
    </div>
  );
}

/** `1:23`; a dash where the end is not known. */
export function useTimeLeft(): string {
  const text = useSession(({ step, until, stepsPerSecond, phase }) => {
    const left = until === null || phase !== 'running' ? null : timeLeft(step, until, stepsPerSecond);
    return left === null ? '–' : formatDuration(left);
  });
  return text;
}
