import { useState } from 'react';
import { renameDocument } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';

/** The document's name; a click turns it into a field. */
export function DocumentName() {
  const name = useDocumentState((state) => state.document.name);
  const [text, setText] = useState<string | null>(null);

  if (text === null) {
    return (
      <button
        type="button"
        title="Rename"
        className="min-w-0 truncate rounded-md px-1.5 py-1 font-medium hover:bg-panel-2"
        onClick={() => setText(name)}
      >
        {name}
      </button>
    );
  }
  const commit = () => {
    const next = text.trim();
    if (next !== '' && next !== name) void renameDocument.run(editor, { name: next });
    setText(null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the user has just asked to edit the name
      autoFocus
      aria-label="Name of the document"
      className="field max-w-52"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
