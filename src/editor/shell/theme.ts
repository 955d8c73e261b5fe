/** Keeps `data-theme` (always `light` or `dark`) and `data-motion` on <html> as the user or the system wishes. */
import type { Theme } from '../store/types.ts';

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Applies the settings; with `system` the page follows later changes of the system until the returned function is called. */
export function applyTheme(theme: Theme, motion: boolean): () => void {
  const root = document.documentElement;
  const query = dark();
  const show = () => {
    root.dataset.theme = theme === 'system' ? (query.matches ? 'dark' : 'light') : theme;
  };
  show();
  root.dataset.motion = motion ? 'on' : 'off';
  if (theme !== 'system') return () => {};
  query.addEventListener('change', show);
  return () => query.removeEventListener('change', show);
}
