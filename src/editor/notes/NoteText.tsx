import { useMemo } from 'react';
import { renderMarkdown } from './markdown.ts';

export function NoteText({ text }: { readonly text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  return (
    <div
      className="note-text"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: markdown.ts lets no HTML of the text through
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
