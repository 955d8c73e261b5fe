interface HistogramProps {
  readonly counts: readonly number[];
  /** What it shows, for those who do not see it. */
  readonly label: string;
}

const WIDTH = 96;
const HEIGHT = 24;

/** Bars side by side, the highest as high as there is room. */
export function Histogram({ counts, label }: HistogramProps) {
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  return (
    <svg role="img" aria-label={label} width={WIDTH} height={HEIGHT} className="shrink-0 text-muted">
      {counts.map((count, at) => {
        const height = count === 0 ? 0 : Math.max(1, (HEIGHT * count) / most);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={at}
            x={at * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1)}
            height={height}
            fill="currentColor"
          />
        );
      })}
    </svg>
  );
}
