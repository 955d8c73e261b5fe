/** How numbers are written everywhere in the editor. */

const MINUS = '\u2212';

/**
 * Three significant digits by default, trailing zeros kept so that a changing figure keeps its width: `0.0810`, `12.4`,
 * `1,280`, `3.10e−5`.
 */
export function formatFigure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? MINUS : '';
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return `${sign}∞`;
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split('e');
    return `${sign}${mantissa}e${Number(exponent) < 0 ? MINUS : ''}${Math.abs(Number(exponent))}`;
  }
  const text = size.toPrecision(digits);
  return sign + (size < 1000 && !text.includes('e') ? text : groupThousands(Number(text)));
}

/** Whole numbers in full: `1,284`. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Number.isFinite(value) ? groupThousands(Math.round(value)) : formatFigure(value);
}

/** A fraction as a percentage: `97.3 %`. */
export function formatPercent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined || !Number.isFinite(fraction)
    ? '–'
    : `${(fraction * 100).toFixed(1)} %`;
}

/** `1 parameter`, `1,284 parameters`. */
export function formatAmount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

function groupThousands(value: number): string {
  return (value < 0 ? MINUS : '') + Math.abs(value).toLocaleString('en-US', { maximumFractionDigits: 0 });
}
