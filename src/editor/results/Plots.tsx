import { classColour, colourOf } from './colours.ts';
import { Picture } from './Picture.tsx';
import type { Curve, Regions, Results } from './results.ts';

const SIZE = 'block size-72 rounded-md border border-line';

/** Which class the model takes each point of the plane for, behind the rows. */
export function RegionsPicture({ results, regions }: { readonly results: Results; readonly regions: Regions }) {
  const { side, cells, low, high } = regions;
  const { features, truth, predicted, predicting } = results;
  const draw = (context: CanvasRenderingContext2D, width: number, height: number) => {
    context.globalAlpha = 0.3;
    cells.forEach((taken, cell) => {
      context.fillStyle = classColour(taken);
      const [column, line] = [cell % side, Math.floor(cell / side)];
      const left = Math.floor((column * width) / side);
      const top = Math.floor((line * height) / side);
      const right = Math.floor(((column + 1) * width) / side);
      context.fillRect(left, top, right - left, Math.floor(((line + 1) * height) / side) - top);
    });
    context.globalAlpha = 1;
    const [ink, error] = [colourOf('bg'), colourOf('error')];
    truth.forEach((is, row) => {
      const x = (((features?.[2 * row] ?? 0) - low[0]) / (high[0] - low[0])) * width;
      const y = height - (((features?.[2 * row + 1] ?? 0) - low[1]) / (high[1] - low[1])) * height;
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fillStyle = classColour(is);
      context.strokeStyle = ink;
      context.lineWidth = 1;
      context.fill();
      context.stroke();
      if (predicted[row] === is) return;
      context.strokeStyle = error;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x - 5, y - 5);
      context.lineTo(x + 5, y + 5);
      context.moveTo(x + 5, y - 5);
      context.lineTo(x - 5, y + 5);
      context.stroke();
    });
  };
  return (
    <figure>
      <figcaption className="mb-1 flex items-center gap-3 font-medium">
        Decision regions
        {Array.from({ length: predicting.classes }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: classes are their numbers
          <span key={at} className="flex items-center gap-1 font-normal text-muted text-sm">
            <span className="size-2.5 rounded-full" style={{ background: classColour(at) }} />
            {predicting.names[at] ?? `class ${at}`}
          </span>
        ))}
      </figcaption>
      <Picture label="Decision regions behind the rows; mistakes are crossed out" className={SIZE} draw={draw} />
    </figure>
  );
}

/** What the model makes of each value of the feature, over the rows. */
export function FittedCurve({ results, curve }: { readonly results: Results; readonly curve: Curve }) {
  const { features, truth } = results;
  const draw = (context: CanvasRenderingContext2D, width: number, height: number) => {
    const all = [...truth, ...curve.y].filter(Number.isFinite);
    const [lowest, highest] = [Math.min(...all), Math.max(...all)];
    const margin = 0.06 * (highest - lowest || 1);
    const [first = 0, last = 1] = [curve.x[0], curve.x.at(-1)];
    const xOf = (value: number) => ((value - first) / (last - first || 1)) * width;
    const yOf = (value: number) => height - ((value - lowest + margin) / (highest - lowest + 2 * margin)) * height;
    context.fillStyle = colourOf('faint');
    features?.forEach((x, row) => {
      context.beginPath();
      context.arc(xOf(x), yOf(truth[row] ?? 0), 2, 0, 2 * Math.PI);
      context.fill();
    });
    context.strokeStyle = colourOf('forward');
    context.lineWidth = 2;
    context.beginPath();
    curve.x.forEach((x, at) => void context.lineTo(xOf(x), yOf(curve.y[at] ?? 0)));
    context.stroke();
  };
  return (
    <figure>
      <figcaption className="mb-1 font-medium">Fitted curve</figcaption>
      <Picture label="The fitted curve over the rows" className={SIZE} draw={draw} />
    </figure>
  );
}
