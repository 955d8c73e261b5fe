import { statOf } from '../canvas/paint-strip.ts';
import { hub } from '../session/telemetry.ts';
import { formatFigure } from '../widgets/format.ts';
import { LiveText } from '../widgets/LiveText.tsx';
import { Bars } from './Bars.tsx';
import { formatNumbers } from './figures.ts';

interface ReadingProps {
  readonly node: string;
  readonly port: string;
  readonly of: 'value' | 'gradient';
  /** Whether all numbers are shown where there are few. */
  readonly numbers: boolean;
}

/** Mean, deviation, extremes and distribution of a value or its gradient; all numbers of a small one. */
export function Reading({ node, port, of, numbers }: ReadingProps) {
  const view = () => hub.view(node, of, port);
  const stat = (name: Parameters<typeof statOf>[1]) => () => {
    const now = view();
    return now ? formatFigure(statOf(now, name)) : '–';
  };
  const stats = [
    ['mean', 'mean'],
    ['sd', 'std'],
    ['min', 'min'],
    ['max', 'max'],
  ] as const;
  return (
    <div data-reading={of}>
      <div className="flex items-end justify-between gap-3">
        <span className={`text-sm ${of === 'value' ? 'text-forward' : 'text-backward'}`}>
          {of === 'value' ? '▲ value' : '▼ gradient'}
        </span>
        <Bars node={node} port={port} of={of} />
      </div>
      {numbers ? (
        <LiveText
          className="max-w-full break-words font-mono text-sm"
          read={() => {
            const now = view();
            return now?.elements ? formatNumbers(now.elements, now.entry.shape) : '–';
          }}
        />
      ) : (
        <dl className="grid grid-cols-4 gap-x-2 text-sm">
          {stats.map(([label, name]) => (
            <div key={name}>
              <dt className="text-faint text-xs leading-3">{label}</dt>
              <dd>
                <LiveText read={stat(name)} width={8} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
