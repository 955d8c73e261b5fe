import { Copy, Download } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { downloadFile } from '../persistence/documents.ts';
import { type Picture, pictureOf } from '../share/picture.ts';
import { measureWithCanvas } from '../share/picture-theme.ts';
import { pngOf, svgAddress } from '../share/png.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Toggle } from '../widgets/Toggle.tsx';

export function PictureDialog() {
  const open = useUi((state) => state.dialog === 'picture');
  return (
    <Modal
      open={open}
      onClose={() => editor.ui.set({ dialog: null })}
      title="Picture"
      description="The drawing for papers and slides. In an SVG, texts stay texts."
      className="max-w-2xl"
    >
      <PictureForm />
    </Modal>
  );
}

type Part = 'all' | 'selection';
type PictureColours = 'light' | 'dark';

const PARTS = [
  ['all', 'Everything'],
  ['selection', 'Selection'],
] as const;
const COLOURS = [
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

function PictureForm() {
  const selected = editor.ui.getState().selection.nodes;
  const [part, setPart] = useState<Part>(selected.length > 1 ? 'selection' : 'all');
  const [theme, setTheme] = useState<PictureColours>(
    document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
  );
  const [background, setBackground] = useState(true);
  const [told, setTold] = useState<{ readonly text: string; readonly failed?: boolean } | null>(null);
  const id = useId();
  const picture = useMemo(
    () =>
      pictureOf(editor.document.getState(), {
        registry: editor.registry,
        theme,
        background,
        ...(part === 'selection' ? { nodes: selected } : {}),
        derived: editor.session.getState().derived,
        layers: editor.ui.getState().layers,
        measure: measureWithCanvas(),
      }),
    [part, theme, background, selected],
  );
  if (!picture) return <p className="text-muted">Nothing is drawn yet.</p>;
  const { name } = editor.whole.getState().document;

  const run = (done: string, action: Promise<unknown>) => {
    action.then(
      () => setTold({ text: done }),
      (error) => setTold({ text: error instanceof Error ? error.message : String(error), failed: true }),
    );
  };

  return (
    <>
      <Preview picture={picture} theme={theme} name={name} />
      <div className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-2">
        <Choice label="Part" value={part} choices={PARTS} disabled={selected.length === 0} onChange={setPart} />
        <Choice label="Colours" value={theme} choices={COLOURS} onChange={setTheme} />
        <span className="flex items-center gap-2">
          <Toggle id={id} checked={background} onChange={setBackground} />
          <label htmlFor={id}>Background</label>
        </span>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-2 border-t pt-3">
        <Button kind="primary" onClick={() => downloadFile(`${name}.svg`, picture.svg, 'image/svg+xml')}>
          <Download size={14} /> SVG
        </Button>
        <Button
          onClick={() =>
            run(
              'The PNG is among your downloads.',
              pngOf(picture).then((png) => downloadFile(`${name}.png`, png, 'image/png')),
            )
          }
        >
          <Download size={14} /> PNG
        </Button>
        <Button onClick={() => run('The PNG is in the clipboard.', copyPng(picture))}>
          <Copy size={14} /> Copy PNG
        </Button>
        <p role="status" className={told?.failed ? 'text-error' : 'text-muted'}>
          {told?.text}
        </p>
      </div>
    </>
  );
}

async function copyPng(picture: Picture): Promise<void> {
  if (typeof ClipboardItem === 'undefined') throw new Error('This browser cannot copy pictures: download the PNG.');
  // The promise itself: some browsers allow copying only within the click.
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(picture) })]);
}

interface PreviewProps {
  readonly picture: Picture;
  readonly theme: PictureColours;
  readonly name: string;
}

/** Without a background of its own, a picture lies on what it is made for. */
function Preview({ picture, theme, name }: PreviewProps) {
  return (
    <img
      src={svgAddress(picture.svg)}
      alt={`${name} as it will be saved`}
      className={`h-64 w-full rounded-lg border object-contain max-sm:h-48 ${theme === 'dark' ? 'bg-black' : 'bg-white'}`}
    />
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, label: string])[];
  readonly disabled?: boolean;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, disabled = false, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="flex items-center gap-3 disabled:opacity-45" disabled={disabled}>
      <legend className="float-left mr-3 text-muted">{label}</legend>
      {choices.map(([choice, text]) => (
        <label key={choice} className="flex min-h-6 items-center gap-1.5">
          <input
            type="radio"
            name={name}
            className="accent-(--accent)"
            checked={value === choice}
            onChange={() => onChange(choice)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
