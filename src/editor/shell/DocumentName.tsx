import { useState } from 'react';
import { renameDocument } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';
import { NameField } from '../widgets/NameField.tsx';

/** The document's name; a click turns it into a field. */
export function DocumentName() {
  const name = useDocumentState((state) => state.document.name);
  const [renaming, setRenaming] = useState(false);

  if (!renaming) {
    return (
      <button
        type="button"
        title="Rename"
        className="min-w-0 truncate rounded-md px-1.5 py-1 font-medium hover:bg-panel-2"
        onClick={() => setRenaming(true)}
      >
        {name}
      </button>
    );
  }
  const end = (text: string | null) => {
    const next = text?.trim() ?? '';
    if (next !== '' && next !== name) void renameDocument.run(editor, { name: next });
    setRenaming(false);
  };
  return <NameField label="Name of the document" className="field max-w-52" name={name} onEnd={end} />;
}
