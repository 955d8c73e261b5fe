/** The text of a lesson, cut where its checkpoints stand. */

export type Part = { readonly text: string } | { readonly checkpoint: string };

/** Lines of a paragraph are one line: in notes every line break is one. */
function unwrap(text: string): string {
  const blocks = text.split(/^(```[\s\S]*?^```)$/m);
  return blocks
    .map((block) => (block.startsWith('```') ? block : block.replace(/([^\n])\n(?![\n#>|-]|\d+\. |\* |\$\$)/g, '$1 ')))
    .join('');
}

/** In order; a checkpoint is a line `[[id]]`. The title, which the panel shows by itself, is left out. */
export function partsOf(text: string): readonly Part[] {
  return text
    .replace(/^# .*\n/, '')
    .split(/^(\[\[[\w-]+\]\])$/m)
    .flatMap((piece): Part[] => {
      const [, checkpoint] = /^\[\[([\w-]+)\]\]$/.exec(piece) ?? [];
      if (checkpoint !== undefined) return [{ checkpoint }];
      return piece.trim() === '' ? [] : [{ text: unwrap(piece.trim()) }];
    });
}
