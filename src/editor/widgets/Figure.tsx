import { formatFigure } from './format.ts';

interface FigureProps {
  readonly value: number | null | undefined;
  readonly format?: (value: number | null | undefined) => string;
  /** Characters the figure always takes, so that what follows does not move. */
  readonly width?: number;
  readonly className?: string;
}

/** A number in tabular figures and constant width. */
export function Figure({ value, format = formatFigure, width, className = '' }: FigureProps) {
  return (
    <span
      className={`inline-block whitespace-nowrap tabular-nums ${className}`}
      style={width ? { minWidth: `${width}ch` } : undefined}
    >
      {format(value)}
    </span>
  );
}
