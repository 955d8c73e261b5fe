import { Check, Copy, Download, ImageDown } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { savePicture } from '../commands/drawings.ts';
import { saveFile } from '../commands/files.ts';
import { LONGEST_LINK, linkTo } from '../share/link.ts';
import { editor } from '../store/editor.ts';
import { useUi, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Toggle } from '../widgets/Toggle.tsx';

export function ShareDialog() {
  const open = useUi((state) => state.dialog === 'share');
  return (
    <Modal
      open={open}
      onClose={() => editor.ui.set({ dialog: null })}
      title="Share"
      description="The link itself holds the drawing, its data recipe, seed and layout. Nothing is uploaded."
      className="max-w-lg"
    >
      <LinkForm />
    </Modal>
  );
}

const count = new Intl.NumberFormat();

/** Null while it is made. */
function useLink(run: boolean): string | null {
  const document = useWhole((state) => state.document);
  const [link, setLink] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    void linkTo(document, window.location.href, run).then((made) => {
      if (current) setLink(made);
    });
    return () => {
      current = false;
    };
  }, [document, run]);
  return link;
}

function LinkForm() {
  const [run, setRun] = useState(false);
  const [copied, setCopied] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const id = useId();
  const link = useLink(run);
  const tooLong = link !== null && link.length > LONGEST_LINK;
  const isCopied = copied !== null && copied === link;

  const copy = async () => {
    if (link === null) return;
    try {
      await navigator.clipboard.writeText(link);
      setCopied(link);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };

  return (
    <>
      <label className="mb-1 block font-medium" htmlFor={`${id}-link`}>
        Link
      </label>
      <div className="flex gap-2">
        <input
          id={`${id}-link`}
          className="field min-w-0 flex-1 font-mono"
          readOnly
          value={tooLong ? '' : (link ?? '')}
          placeholder={tooLong ? 'Too large for a link' : 'Making the link…'}
          aria-describedby={`${id}-size`}
          aria-invalid={tooLong || undefined}
          onFocus={(event) => event.target.select()}
        />
        <Button kind="primary" disabled={link === null || tooLong} onClick={() => void copy()}>
          {isCopied ? <Check size={14} /> : <Copy size={14} />} {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p id={`${id}-size`} aria-live="polite" className={`mt-1 ${tooLong || failed ? 'text-error' : 'text-muted'}`}>
        {link && `${count.format(link.length)} of at most ${count.format(LONGEST_LINK)} characters. `}
        {tooLong && 'Longer links get cut on their way. Save the drawing as a file and send that.'}
        {failed && !tooLong && 'The browser does not allow copying: select the link and copy it yourself.'}
      </p>
      <div className="mt-2 flex items-center gap-2">
        <Toggle id={`${id}-run`} checked={run} onChange={setRun} />
        <label htmlFor={`${id}-run`}>Start training when opened</label>
      </div>
      <div className="mt-4 flex flex-wrap gap-2 border-t pt-3">
        <Button kind={tooLong ? 'primary' : 'plain'} onClick={() => void saveFile.run(editor)}>
          <Download size={14} /> Save as file
        </Button>
        <Button disabled={!savePicture.enabled(editor)} onClick={() => void savePicture.run(editor)}>
          <ImageDown size={14} /> Picture…
        </Button>
      </div>
    </>
  );
}
