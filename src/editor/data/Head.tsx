import { useEffect, useRef } from 'react';
import type { HeadPictures, Preview } from '../../data/summary.ts';
import { formatAmount, formatCount } from '../widgets/format.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';

const ROW = 24;
const CELL = 'truncate px-2';

/** The first rows as they were read, and the first pictures. */
export function Head({ preview }: { readonly preview: Preview }) {
  const { head, columns, places, rows, pictures } = preview;
  const shown = columns.slice(0, head[0]?.length ?? 0);
  const host = useRef<HTMLElement>(null);
  const { first, last, above, below } = useRowsInSight(host, head.length, ROW);
  const all = head.length === rows;
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium">
        {all ? formatAmount(rows, 'row') : `The first ${head.length} of ${formatCount(rows)} rows`}
        {shown.length < columns.length && <span className="font-normal text-muted">, {shown.length} columns</span>}
      </h3>
      {pictures && <Pictures pictures={pictures} />}
      <section
        ref={host}
        aria-label="First rows"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        tabIndex={0}
        className="scroll-thin max-h-48 overflow-auto rounded-md border focus-visible:-outline-offset-2"
      >
        <div style={{ paddingTop: above, paddingBottom: below }}>
          <table
            className="table-fixed text-left"
            aria-rowcount={head.length + 1}
            style={{ width: 112 * (shown.length + 1) }}
          >
            <thead className="sticky top-0 bg-panel-2">
              <tr style={{ height: ROW }}>
                <th scope="col" className={`${CELL} font-normal text-faint`}>
                  place
                </th>
                {shown.map(({ name }) => (
                  <th key={name} scope="col" className={`${CELL} font-medium`} title={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {head.slice(first, last).map((cells, at) => (
                <tr key={places[first + at]} aria-rowindex={first + at + 2} style={{ height: ROW }}>
                  <th scope="row" className={`${CELL} font-normal text-faint`} title={places[first + at]}>
                    {places[first + at]}
                  </th>
                  {cells.map((text, column) => (
                    <td key={shown[column]?.name} className={CELL} title={text}>
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

const PER_ROW = 12;

/** A sheet of small pictures. */
function Pictures({ pictures }: { readonly pictures: HeadPictures }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width, pixels, count } = pictures;
  const across = Math.min(PER_ROW, count);
  const down = Math.ceil(count / PER_ROW);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    for (let picture = 0; picture < count; picture++) {
      const image = context.createImageData(width, height);
      for (let at = 0; at < height * width; at++) {
        const value = pixels[picture * height * width + at] ?? 0;
        image.data.set([value, value, value, 255], 4 * at);
      }
      context.putImageData(image, (picture % PER_ROW) * (width + 1), Math.floor(picture / PER_ROW) * (height + 1));
    }
  }, [pixels, height, width, count]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`The first ${count} pictures`}
      width={across * (width + 1) - 1}
      height={down * (height + 1) - 1}
      className="mb-2 max-h-32 max-w-full object-contain [image-rendering:pixelated]"
      style={{ width: Math.min(640, across * 48) }}
    />
  );
}
