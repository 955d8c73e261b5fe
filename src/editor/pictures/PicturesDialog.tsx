import { useEffect, useState } from 'react';
import { useStore } from 'zustand/react';
import { compileReading } from '../../compiler/questions/readings.ts';
import { Picture } from '../results/Picture.tsx';
import { questions } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { useFlatNodes, useSession } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { Modal } from '../widgets/Modal.tsx';
import { type Planes, pixelsOf, planeAt, planesOf, rangeOf, type Scheme } from './planes.ts';
import { type Viewed, viewer } from './viewer-store.ts';

/** Channels that are laid out beside each other. */
const MOST = 64;
const FIELD = 'h-7 w-18 rounded-md border border-line bg-panel px-1.5 text-right';

interface Read {
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly step: number;
}

async function read({ node, port, of }: Viewed): Promise<Read | null> {
  const { document, revision } = editor.whole.getState();
  const reading = compileReading(document, editor.registry, { values: [{ node, port }], of, mode: 'training' });
  const [value] = reading?.values ?? [];
  if (!reading || !value) return null;
  const key = `pictures ${revision} ${node}:${port} ${of}`;
  const { outputs, step } = await questions().inquire({ key, graph: reading.graph, runs: [{ rows: 'last' }] });
  return { values: outputs[0]?.[value.output] ?? new Float32Array(0), shape: value.shape, step };
}

/** Data, filters and feature maps, large. */
export function PicturesDialog() {
  const viewed = useStore(viewer, (state) => state.viewed);
  const nodes = useFlatNodes();
  const name = nodes[viewed?.node ?? '']?.name ?? '';
  return (
    <Modal
      open={viewed !== null}
      onClose={() => viewer.setState({ viewed: null })}
      title={viewed?.of === 'gradient' ? `Gradient at ${name}` : name}
      description="Of the batch of the last step."
      className="max-w-4xl"
    >
      {viewed && <Viewer key={JSON.stringify(viewed)} viewed={viewed} />}
    </Modal>
  );
}

function Viewer({ viewed }: { readonly viewed: Viewed }) {
  const node = useFlatNodes()[viewed.node];
  const record = editor.registry.get(node?.op ?? '');
  const [found, setFound] = useState<Read | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [times, setTimes] = useState(0);
  const [row, setRow] = useState(0);
  const [channel, setChannel] = useState<number | null>(null);
  const signed = viewed.of === 'gradient' || record?.kind === 'parameter';
  const [scheme, setScheme] = useState<Scheme>(signed ? 'diverging' : 'grey');
  const moment = useSession((state) => (state.phase === 'running' ? 'running' : state.step));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another moment, and who asks for it, read again
  useEffect(() => {
    let current = true;
    read(viewed)
      .then((answer) => {
        if (!current) return;
        setFound(answer);
        setProblem(answer ? null : 'The cost has no gradient here.');
      })
      .catch((error: Error) => current && setProblem(error.message));
    return () => {
      current = false;
    };
  }, [viewed, times, moment]);
  if (problem) return <p className="text-error">{problem}</p>;
  if (!found) return <p className="text-muted">Reading…</p>;
  const datasets = editor.whole.getState().document.graph.datasets;
  const image =
    viewed.port === 'x' ? (record?.dataset?.(node?.attributes ?? {}, datasets)?.columns[0]?.image ?? null) : null;
  const planes = planesOf(found.shape, image);
  if (!planes) return <p className="text-muted">A tensor of [{found.shape.join(', ')}] is no picture.</p>;
  const chosen = Math.min(row, planes.rows - 1);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="font-mono text-faint text-sm">[{found.shape.join(',')}]</span>
        {planes.rows > 1 && (
          <Stepper
            label={record?.kind === 'parameter' ? 'filter' : 'row'}
            count={planes.rows}
            value={chosen}
            onChange={setRow}
          />
        )}
        {planes.channels > 1 && channel !== null && (
          <Stepper label="channel" count={planes.channels} value={channel} onChange={setChannel} />
        )}
        {planes.channels > 1 && (
          <Choice kind="framed" pressed={channel === null} onClick={() => setChannel(channel === null ? 0 : null)}>
            All channels
          </Choice>
        )}
        <span className="flex gap-1">
          <Choice kind="framed" pressed={scheme === 'grey'} onClick={() => setScheme('grey')}>
            Grey
          </Choice>
          <Choice kind="framed" pressed={scheme === 'diverging'} onClick={() => setScheme('diverging')}>
            Around zero
          </Choice>
        </span>
        <Button kind="quiet" onClick={() => setTimes(times + 1)}>
          Read again
        </Button>
        <span className="text-muted text-sm">step {formatCount(found.step)}</span>
      </div>
      <Sheet
        values={found.values}
        planes={planes}
        row={chosen}
        channel={channel}
        scheme={scheme}
        onChoose={setChannel}
      />
    </>
  );
}

interface StepperProps {
  readonly label: string;
  readonly count: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Stepper({ label, count, value, onChange }: StepperProps) {
  return (
    <label className="flex items-center gap-1.5">
      <span className="text-muted">{label}</span>
      <input
        type="number"
        min={0}
        max={count - 1}
        className={FIELD}
        value={value}
        onChange={(event) => onChange(Math.max(0, Math.min(count - 1, Math.floor(Number(event.target.value) || 0))))}
      />
      <span className="text-faint text-sm">of {formatCount(count)}</span>
    </label>
  );
}

interface SheetProps {
  readonly values: Float32Array;
  readonly planes: Planes;
  readonly row: number;
  /** Null for all. */
  readonly channel: number | null;
  readonly scheme: Scheme;
  readonly onChoose: (channel: number) => void;
}

function Sheet({ values, planes, row, channel, scheme, onChoose }: SheetProps) {
  const { channels, height, width } = planes;
  const one = channels === 1 ? 0 : channel;
  const shown = one === null ? Array.from({ length: Math.min(MOST, channels) }, (_, at) => at) : [one];
  const size = height * width;
  const whole = values.subarray(row * channels * size, (row + 1) * channels * size);
  const range = rangeOf(one === null ? whole : planeAt(values, planes, row, one));
  const draw = (plane: Float32Array) => (context: CanvasRenderingContext2D, across: number, down: number) => {
    if (plane.length < size) return;
    const sheet = new OffscreenCanvas(width, height);
    sheet.getContext('2d')?.putImageData(new ImageData(pixelsOf(plane, range, scheme), width, height), 0, 0);
    const scale = Math.min(across / width, down / height);
    context.imageSmoothingEnabled = false;
    const [x, y] = [(across - width * scale) / 2, (down - height * scale) / 2];
    context.drawImage(sheet, x, y, width * scale, height * scale);
  };
  return (
    <>
      <p className="my-2 text-muted text-sm">
        from {formatFigure(range.low)} to {formatFigure(range.high)}; what is not a number is red
        {shown.length < channels && one === null ? ` · the first ${MOST} channels` : ''}
      </p>
      {one === null ? (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-2">
          {shown.map((at) => (
            <li key={at}>
              <button type="button" aria-label={`Channel ${at}`} className="block w-full" onClick={() => onChoose(at)}>
                <Picture
                  label={`Channel ${at}`}
                  className="block aspect-square w-full rounded-md border border-line"
                  draw={draw(planeAt(values, planes, row, at))}
                />
                <span className="text-faint text-xs">{at}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Picture
          label="The picture"
          className="block h-[min(60vh,32rem)] w-full rounded-md border border-line"
          draw={draw(planeAt(values, planes, row, one))}
        />
      )}
    </>
  );
}
