import { FileText, FolderOpen } from 'lucide-react';
import { type ClipboardEvent, useId, useState } from 'react';
import { DATASET_NAMES } from '../../nodes/datasets.ts';
import { Button } from '../widgets/Button.tsx';
import { pickInputs } from './chosen-files.ts';
import { dataDialog, drafts, readFiles, readSource, readText } from './dialog-store.ts';
import { PaintPlane } from './PaintPlane.tsx';

async function pick(kind: 'files' | 'folder') {
  const inputs = await pickInputs(kind);
  if (inputs && inputs.length > 0) await readFiles(inputs);
}

/** Where rows come from. Files can be dropped anywhere on the window. */
export function Choose() {
  const trouble = dataDialog((state) => state.trouble);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {trouble && (
        <div role="alert" className="rounded-md border border-error px-3 py-2">
          <p className="font-medium text-error">{trouble.title}</p>
          <p className="text-muted">{trouble.cause}</p>
        </div>
      )}
      <section
        aria-label="Files"
        className="grid justify-items-center gap-2 rounded-xl border-2 border-line-strong border-dashed px-4 py-6 text-center"
      >
        <p className="font-medium">Drop files or a folder here</p>
        <p className="text-muted">
          Tables (CSV, TSV), IDX, npy, npz, pictures in folders or a zip; gzip is unpacked. Folders are classes.
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button kind="primary" onClick={() => void pick('files')}>
            <FileText size={14} /> Choose files…
          </Button>
          <Button onClick={() => void pick('folder')}>
            <FolderOpen size={14} /> Choose a folder…
          </Button>
        </div>
      </section>
      <div className="grid gap-4 md:grid-cols-2">
        <div className="grid content-start gap-4">
          <Paste />
          <BuiltIn />
        </div>
        <PaintPlane />
      </div>
    </div>
  );
}

function Paste() {
  const id = useId();
  const text = drafts((state) => state.text);
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text');
    // A table, rather than a word that is put into what is typed already.
    if (text !== '' || !/[\n\t]/.test(pasted.trim())) return;
    event.preventDefault();
    void readText(pasted);
  };
  return (
    <section aria-label="Paste a table">
      <label htmlFor={id} className="mb-1 block font-medium">
        Paste or type a table
      </label>
      <textarea
        id={id}
        rows={5}
        spellCheck={false}
        className="field scroll-thin font-mono text-sm"
        placeholder={'width, height, kind\n1.4, 0.2, small\n4.7, 1.4, large'}
        value={text}
        onPaste={paste}
        onChange={(event) => drafts.setState({ text: event.target.value })}
      />
      <Button className="mt-1" disabled={text.trim() === ''} onClick={() => void readText(text)}>
        Use this table
      </Button>
    </section>
  );
}

function BuiltIn() {
  const id = useId();
  const [name, setName] = useState(DATASET_NAMES[0] ?? '');
  return (
    <section aria-label="Built in">
      <label htmlFor={id} className="mb-1 block font-medium">
        Divide a built-in data set anew
      </label>
      <div className="flex gap-2">
        <select id={id} className="field max-w-48" value={name} onChange={(event) => setName(event.target.value)}>
          {DATASET_NAMES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <Button onClick={() => void readSource({ kind: 'built-in', name })}>Use {name}</Button>
      </div>
    </section>
  );
}
