import { FilePlus2, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { GraphPreview } from '../gallery/GraphPreview.tsx';
import { autosave } from '../persistence/autosave.ts';
import { openDocument } from '../persistence/documents.ts';
import type { Version } from '../persistence/storage.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { Modal } from '../widgets/Modal.tsx';

const close = () => editor.ui.set({ dialog: null });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

export function HistoryDialog() {
  const open = useUi((state) => state.dialog === 'history');
  return (
    <Modal
      open={open}
      onClose={close}
      title="History"
      description="Earlier states of this drawing: every pause of the last hour, then one an hour, then one a day."
      className="max-w-2xl"
    >
      <VersionList />
    </Modal>
  );
}

/** `Today`, or the day. */
function dayOf(time: number): string {
  const name = day.format(time);
  return name === day.format(Date.now()) ? 'Today' : name;
}

function VersionList() {
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    autosave()
      .versions()
      .then(setVersions)
      .catch((error) => setFailure(`The browser's storage cannot be read: ${error}`));
  }, []);
  if (failure) {
    return (
      <p role="alert" className="text-error">
        {failure}
      </p>
    );
  }
  if (!versions) return <p className="text-muted">Reading…</p>;
  if (versions.length === 0)
    return <p className="text-muted">Nothing yet. The first version comes with the first edit.</p>;
  const days = [...new Set(versions.map(({ time }) => dayOf(time)))];
  const present = JSON.stringify(editor.whole.getState().document);
  return days.map((name) => (
    <section key={name} aria-label={name}>
      <h3 className="label-caps mt-1 mb-1.5">{name}</h3>
      <ul className="mb-2 flex flex-col gap-2">
        {versions
          .filter(({ time }) => dayOf(time) === name)
          .map((version) => (
            <VersionRow
              key={version.time}
              version={version}
              isPresent={version === versions[0] && JSON.stringify(version.document) === present}
            />
          ))}
      </ul>
    </section>
  ));
}

function VersionRow({ version, isPresent }: { readonly version: Version; readonly isPresent: boolean }) {
  const { document, time } = version;
  const at = clock.format(time);
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-lg border border-line pr-2">
      <GraphPreview
        document={document}
        registry={editor.registry}
        className="h-16 w-24 shrink-0 max-sm:w-16 rounded-l-lg border-r bg-bg p-1.5"
      />
      <div className="min-w-32 flex-1 px-1.5 py-1">
        <p className="truncate font-medium">{document.name}</p>
        <p className="text-muted text-sm">
          <time dateTime={new Date(time).toISOString()}>{at}</time> ·{' '}
          {formatAmount(Object.keys(document.graph.nodes).length, 'node')}
        </p>
      </div>
      {isPresent ? (
        <span className="px-1.5 text-muted">As it is now</span>
      ) : (
        <div className="flex gap-1.5 max-sm:pb-2 max-sm:pl-1.5">
          <Button
            aria-label={`Restore the version of ${at}`}
            onClick={() => {
              close();
              autosave().restore(version, `Restore the version of ${at}`);
            }}
          >
            <RotateCcw size={14} /> Restore
          </Button>
          <Button
            aria-label={`Open the version of ${at} as a new drawing`}
            onClick={() => {
              close();
              openDocument(editor, { ...document, name: `${document.name} (${at})` });
            }}
          >
            <FilePlus2 size={14} /> Open as new
          </Button>
        </div>
      )}
    </li>
  );
}
