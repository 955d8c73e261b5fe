import { colourOf } from '../results/colours.ts';
import { Picture } from '../results/Picture.tsx';
import { formatFigure } from '../widgets/format.ts';

export interface SurfaceData {
  readonly losses: Float32Array;
  /** Values along both axes, with the present in the middle. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly path: readonly (readonly [number, number])[];
}

/** Levels of the loss that are told apart; their edges are contours. */
const BANDS = 14;

/** The loss by place, in bands that lie closer together towards the least; with the present and how it came there. */
export function HeatMap({ data, labels }: { readonly data: SurfaceData; readonly labels: readonly [string, string] }) {
  const { losses, xs, ys, path } = data;
  const finite = losses.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const level = (loss: number) => Math.sqrt((loss - low) / (high - low || 1));
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 1] = [xs[0], xs.at(-1), ys[0], ys.at(-1)];
  const draw = (context: CanvasRenderingContext2D, width: number, height: number) => {
    const [ink, paper, error] = [colourOf('text'), colourOf('panel'), colourOf('error')];
    const [across, down] = [width / xs.length, height / ys.length];
    for (const [line] of ys.entries()) {
      for (const [column] of xs.entries()) {
        const loss = losses[line * xs.length + column] ?? Number.NaN;
        const isNumber = Number.isFinite(loss);
        const band = isNumber ? Math.min(BANDS - 1, Math.floor(level(loss) * BANDS)) : 0;
        context.fillStyle = isNumber ? ink : error;
        context.globalAlpha = isNumber ? 0.06 + 0.8 * (1 - band / BANDS) : 0.25;
        const [left, right] = [Math.round(column * across), Math.round((column + 1) * across)];
        const [top, bottom] = [Math.round(height - (line + 1) * down), Math.round(height - line * down)];
        context.fillRect(left, top, right - left, bottom - top);
      }
    }
    context.globalAlpha = 1;
    const xOf = (value: number) => ((value - x0) / (x1 - x0)) * (width - across) + across / 2;
    const yOf = (value: number) => height - ((value - y0) / (y1 - y0)) * (height - down) - down / 2;
    if (path.length > 1) {
      context.strokeStyle = colourOf('update');
      context.lineWidth = 2;
      context.lineJoin = 'round';
      context.beginPath();
      for (const [x, y] of path) context.lineTo(xOf(x), yOf(y));
      context.stroke();
    }
    context.beginPath();
    context.arc(xOf((x0 + x1) / 2), yOf((y0 + y1) / 2), 5, 0, 2 * Math.PI);
    context.fillStyle = colourOf('update');
    context.strokeStyle = paper;
    context.lineWidth = 2;
    context.fill();
    context.stroke();
  };
  const middle = losses[((ys.length - 1) / 2) * xs.length + (xs.length - 1) / 2];
  return (
    <figure className="max-w-full">
      <Picture
        label={`Loss over ${labels[0]} and ${labels[1]}`}
        className="block aspect-square w-80 max-w-full rounded-md border border-line"
        draw={draw}
      />
      <figcaption className="mt-1 flex w-80 max-w-full flex-wrap justify-between gap-x-3 text-muted text-sm">
        <span>
          → {labels[0]} {formatFigure(x0)} to {formatFigure(x1)}
        </span>
        <span>
          ↑ {labels[1]} {formatFigure(y0)} to {formatFigure(y1)}
        </span>
        <span>
          here {formatFigure(middle, 4)}; from {formatFigure(low, 4)}, strongest, to {formatFigure(high, 4)}
        </span>
      </figcaption>
    </figure>
  );
}
