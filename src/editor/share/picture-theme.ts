/** Colours and letters of pictures: those of the page, so that a picture can have the other theme than the page. */
export interface PictureTheme {
  readonly bg: string;
  readonly node: string;
  readonly border: string;
  readonly 'border-strong': string;
  readonly text: string;
  readonly muted: string;
  readonly faint: string;
  readonly forward: string;
  readonly backward: string;
  readonly update: string;
  readonly error: string;
  readonly warning: string;
}

/** The tokens of styles.css, which a test compares. */
export const PICTURE_THEMES: Readonly<Record<'light' | 'dark', PictureTheme>> = {
  light: {
    bg: '#f6f7f9',
    node: '#ffffff',
    border: '#dde1e7',
    'border-strong': '#b4bbc6',
    text: '#15181e',
    muted: '#515967',
    faint: '#646c7a',
    forward: '#1a66d9',
    backward: '#b04c08',
    update: '#117243',
    error: '#c22525',
    warning: '#855c00',
  },
  dark: {
    bg: '#0f1217',
    node: '#191d24',
    border: '#2a303a',
    'border-strong': '#454d5b',
    text: '#e9ebef',
    muted: '#a9b0bc',
    faint: '#8e96a4',
    forward: '#65a4ff',
    backward: '#ff9d52',
    update: '#4ccb8e',
    error: '#ff7b7b',
    warning: '#f2b84b',
  },
};

/** Fonts that some machine surely has: pictures load none. */
export const FONTS = {
  sans: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  mono: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  serif: "'STIX Two Math', 'Cambria Math', Georgia, serif",
} as const;

export interface Font {
  readonly family: keyof typeof FONTS;
  readonly size: number;
  readonly weight?: number;
}

/** Width of a text in pixels. */
export type Measure = (text: string, font: Font) => number;

/** Wide enough for any of the fonts; what is measured where there is no canvas. */
export const estimate: Measure = (text, { size }) => text.length * size * 0.62;

export function measureWithCanvas(): Measure {
  const context = globalThis.document?.createElement('canvas').getContext('2d');
  if (!context) return estimate;
  return (text, { family, size, weight = 400 }) => {
    context.font = `${weight} ${size}px ${FONTS[family]}`;
    return context.measureText(text).width;
  };
}

/** The beginning that fits, with an ellipsis where something is left out. */
export function fitting(text: string, width: number, font: Font, measure: Measure): string {
  if (measure(text, font) <= width) return text;
  let end = text.length;
  while (end > 0 && measure(`${text.slice(0, end)}…`, font) > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Lines of a text no wider than `width`, broken between words. */
export function wrapped(text: string, width: number, font: Font, measure: Measure): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line === '' || measure(longer, font) <= width) line = longer;
      else {
        lines.push(line);
        line = word;
      }
    }
    return [...lines, line];
  });
}
