/** Colours of classes: none of those that mean forward, backward and update. */
const CLASSES = [
  '#8b7ff0',
  '#d9a514',
  '#22a3a3',
  '#d65f9e',
  '#8a93a3',
  '#b0703c',
  '#5d79d0',
  '#9fbf3b',
  '#b36ad6',
  '#c9c3b4',
];

export function classColour(at: number): string {
  return CLASSES[at % CLASSES.length] as string;
}

export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
