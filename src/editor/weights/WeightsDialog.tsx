import { Download, FolderOpen, History, Save, Undo2 } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { WEIGHT_FORMATS, type WeightFormat, writeWeightFile } from '../../weights/weight-file.ts';
import { downloadFile } from '../persistence/documents.ts';
import { editor } from '../store/editor.ts';
import { useSession, useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Toggle } from '../widgets/Toggle.tsx';
import { type KeptWeights, KeptWeightsStorage } from './checkpoints.ts';
import { loadWeights, takeBackWeights } from './commands.ts';
import { KeptList } from './KeptList.tsx';
import { LoadReport } from './LoadReport.tsx';
import { weights, weightsStore } from './weights.ts';

const storage = new KeptWeightsStorage();

const close = () => {
  weightsStore.setState({ incoming: null });
  editor.ui.set({ dialog: null });
};

export function WeightsDialog() {
  const open = useUi((state) => state.dialog === 'weights');
  const incoming = useStore(weightsStore, (state) => state.incoming);
  return (
    <Modal
      open={open}
      onClose={close}
      title={incoming ? `Load ${incoming.name}` : 'Weights'}
      description={
        incoming
          ? 'Nothing changes before you confirm, and what was there can be restored.'
          : 'The values of parameters, apart from the drawing. Nothing leaves this browser but by download.'
      }
      className="max-w-2xl"
    >
      {incoming ? (
        <LoadReport key={incoming.name} file={incoming} onEnd={() => weightsStore.setState({ incoming: null })} />
      ) : (
        <WeightsHome />
      )}
    </Modal>
  );
}

const loadFrom = (name: string, bytes: Uint8Array) =>
  weightsStore.setState({ incoming: new File([bytes as BlobPart], name) });

function WeightsHome() {
  const [optimizer, setOptimizer] = useState(true);
  const [kept, setKept] = useState<readonly KeptWeights[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const before = useStore(weightsStore, (state) => state.before);
  const step = useSession((state) => state.step);

  const run = useCallback((action: Promise<unknown>) => {
    setFailure(null);
    action
      .then(() => storage.list(weights().places()))
      .then(setKept)
      .catch((error) => setFailure(error instanceof Error ? error.message : String(error)));
  }, []);
  useEffect(() => run(Promise.resolve()), [run]);

  const keep = async (name: string) => {
    const { file, step: at, loss } = await weights().capture(optimizer);
    const [drawing] = weights().places();
    const added = { drawing, time: Date.now(), name: name.trim() || `Step ${at}`, step: at, loss };
    await storage.add(added, writeWeightFile(file, 'safetensors'));
  };
  const download = async (format: WeightFormat) => {
    const { file } = await weights().capture(optimizer);
    const { name } = editor.whole.getState().document;
    downloadFile(`${name}.${format}`, writeWeightFile(file, format) as BlobPart, 'application/octet-stream');
  };

  return (
    <div className="flex flex-col gap-4">
      <Part title="Save" icon={<Save size={16} />}>
        <KeepForm placeholder={`Step ${step}`} onKeep={(name) => run(keep(name))} />
        <div className="flex flex-wrap items-center gap-2">
          {WEIGHT_FORMATS.map((format) => (
            <Button key={format} onClick={() => run(download(format))}>
              <Download size={14} /> Download .{format}
            </Button>
          ))}
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is inside */}
          <label className="flex min-h-7 items-center gap-2 text-muted">
            <Toggle checked={optimizer} onChange={setOptimizer} label="With the optimizer’s state" />
            With the optimizer’s state
          </label>
        </div>
      </Part>
      <Part title="Load" icon={<FolderOpen size={16} />}>
        <div className="flex flex-wrap items-center gap-2">
          <Button onClick={() => void loadWeights.run(editor)}>
            <FolderOpen size={14} /> Choose a file…
          </Button>
          <span className="text-muted">safetensors, .npz and .npy of NumPy, ONNX</span>
        </div>
        {before && (
          <div className="flex flex-wrap items-center gap-2">
            <Button onClick={() => run(Promise.resolve(takeBackWeights.run(editor)))}>
              <Undo2 size={14} /> Restore the values before
            </Button>
            <span className="text-muted">as they were at step {before.step}, before the last loading</span>
          </div>
        )}
      </Part>
      <Part title="Kept with this drawing" icon={<History size={16} />}>
        <KeptList
          kept={kept}
          onRestore={(entry) => run(storage.values(entry).then((bytes) => loadFrom(entry.name, bytes)))}
          onDownload={(entry) =>
            run(
              storage
                .values(entry)
                .then((bytes) =>
                  downloadFile(`${entry.name}.safetensors`, bytes as BlobPart, 'application/octet-stream'),
                ),
            )
          }
          onDelete={(entry) => run(storage.remove(entry))}
        />
      </Part>
      {failure && (
        <p role="alert" className="text-error">
          {failure}
        </p>
      )}
    </div>
  );
}

function KeepForm({ placeholder, onKeep }: { readonly placeholder: string; onKeep: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(name);
        setName('');
      }}
    >
      <input
        aria-label="Name of what is kept"
        placeholder={placeholder}
        className="field w-48"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" kind="primary">
        Keep in this browser
      </Button>
    </form>
  );
}

interface PartProps {
  readonly title: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function Part({ title, icon, children }: PartProps) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="flex items-center gap-2 font-medium">
        <span className="text-muted">{icon}</span>
        {title}
      </h3>
      {children}
    </section>
  );
}
