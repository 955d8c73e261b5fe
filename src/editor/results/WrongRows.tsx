import { formatCount, formatFigure } from '../widgets/format.ts';
import { Picture } from './Picture.tsx';
import type { Results, Wrong } from './results.ts';

/** Rows that are taken for something else, as pictures where they are pictures. */
export function WrongRows({ results }: { readonly results: Results }) {
  const { wrong, confusion, predicting } = results;
  const count = confusion?.wrong.length ?? 0;
  const nameOf = (at: number) => predicting.names[at] ?? String(at);
  return (
    <figure className="min-w-64 flex-1 basis-72">
      <figcaption className="mb-1 font-medium">
        Taken for something else
        {count > wrong.length && (
          <span className="font-normal text-faint">
            {' '}
            · {formatCount(wrong.length)} of {formatCount(count)}
          </span>
        )}
      </figcaption>
      <ul className="flex flex-wrap gap-2">
        {wrong.map((each) => (
          <li key={each.row} className="w-18 text-center text-xs">
            <Row wrong={each} image={predicting.features?.image ?? null} />
            <p title={`Row ${each.row}: it is ${nameOf(each.is)} and is taken for ${nameOf(each.taken)}`}>
              <span className="text-muted">{nameOf(each.is)}</span> →{' '}
              <span className="text-error">{nameOf(each.taken)}</span>
            </p>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Row({ wrong, image }: { readonly wrong: Wrong; readonly image: readonly [number, number] | null }) {
  const { features, row } = wrong;
  if (!image) {
    const shown = Array.from(features.subarray(0, 4), (value) => formatFigure(value, 2)).join(', ');
    return <p className="truncate font-mono text-muted">{shown}</p>;
  }
  const [height, width] = image;
  const draw = (context: CanvasRenderingContext2D, size: number) => {
    const sheet = new OffscreenCanvas(width, height);
    const target = sheet.getContext('2d');
    if (!target) return;
    const data = target.createImageData(width, height);
    const high = Math.max(...features, 1e-9);
    for (let at = 0; at < width * height; at++) {
      const value = Math.round((255 * Math.max(0, features[at] ?? 0)) / high);
      data.data.set([value, value, value, 255], 4 * at);
    }
    target.putImageData(data, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(sheet, 0, 0, size, size);
  };
  return <Picture label={`Row ${row}`} className="mx-auto block size-16 rounded-md border border-line" draw={draw} />;
}
