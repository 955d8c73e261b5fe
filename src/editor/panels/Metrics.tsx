import { hub } from '../session/telemetry.ts';
import { Stale, StaleNote } from '../stale/Stale.tsx';
import { formatFigure } from '../widgets/format.ts';
import { LiveText } from '../widgets/LiveText.tsx';
import { useMetricNames } from './use-metric-names.ts';

/** Loss and metrics on both splits. Metrics are computed on the validation split only. */
export function Metrics() {
  const names = useMetricNames();
  return (
    <Stale>
      <table className="w-full text-right">
        <thead className="text-faint text-sm">
          <tr>
            <th className="sr-only">quantity</th>
            <th className="w-20 font-normal">training</th>
            <th className="w-24 font-normal">validation</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" className="text-left font-normal text-muted">
              loss
            </th>
            <td>
              <LiveText read={() => formatFigure(hub.training.last?.y)} />
            </td>
            <td>
              <LiveText read={() => formatFigure(hub.validation.last?.y)} />
            </td>
          </tr>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row" className="truncate text-left font-normal text-muted">
                {name}
              </th>
              <td className="text-faint">–</td>
              <td>
                <LiveText read={() => formatFigure(hub.metric(name)?.last?.y)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <StaleNote />
    </Stale>
  );
}
