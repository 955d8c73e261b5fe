import { Minus, Plus } from 'lucide-react';
import { Slider } from 'radix-ui';
import type { ReactNode } from 'react';
import { attr } from '../../compiler/op.ts';
import { keepLearningRate } from '../commands/keep-rate.ts';
import { sessionActions } from '../session/actions.ts';
import { editor } from '../store/editor.ts';
import { useSession, useWhole } from '../store/hooks.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { Button, IconButton } from '../widgets/Button.tsx';

const RATE = attr.float(0.01, 'Factor of the gradient in an update', { min: 0 });
/** Powers of ten at the ends of the slider. */
const LOWEST = -6;
const HIGHEST = 1;
/** Of one press of a button: three double the rate or halve it. */
const FACTOR = 2 ** (1 / 3);

function Step({
  label,
  rate,
  children,
}: {
  readonly label: string;
  readonly rate: number;
  readonly children: ReactNode;
}) {
  return (
    <IconButton
      kind="plain"
      label={label}
      onClick={() => sessionActions().setLearningRate(Number(rate.toPrecision(2)))}
    >
      {children}
    </IconButton>
  );
}

/** The learning rate while it is in use; a change counts from the next step. */
export function LearningRate() {
  const rate = useSession((state) => state.learningRate);
  if (rate === null) return <p className="text-muted">Known once an optimizer has something to train.</p>;
  const power = rate > 0 ? Math.min(HIGHEST, Math.max(LOWEST, Math.log10(rate))) : LOWEST;
  return (
    <>
      <AttributeField
        name="lr"
        spec={RATE}
        value={Number(rate.toPrecision(6))}
        onCommit={(value) => sessionActions().setLearningRate(Number(value))}
      />
      <div className="mt-2 flex items-center gap-2">
        <Step label="Lower the learning rate" rate={rate / FACTOR}>
          <Minus size={14} />
        </Step>
        <Slider.Root
          min={LOWEST}
          max={HIGHEST}
          step={0.05}
          value={[power]}
          onValueChange={([next = power]) => sessionActions().setLearningRate(Number((10 ** next).toPrecision(2)))}
          className="relative flex h-6 flex-1 touch-none select-none items-center"
        >
          <Slider.Track className="relative h-1 flex-1 rounded-full bg-line">
            <Slider.Range className="absolute h-full rounded-full bg-update" />
          </Slider.Track>
          <Slider.Thumb
            aria-label="Learning rate, logarithmic"
            aria-valuetext={String(rate)}
            className="block size-4 rounded-full border-2 border-update bg-panel after:absolute after:-inset-1"
          />
        </Slider.Root>
        <Step label="Raise the learning rate" rate={rate * FACTOR}>
          <Plus size={14} />
        </Step>
      </div>
      <div aria-hidden="true" className="flex justify-between px-9 font-mono text-faint text-xs">
        <span>1e−6</span>
        <span>1e1</span>
      </div>
      <Keep />
    </>
  );
}

/** Offered where the drawing says another rate. */
function Keep() {
  // The session tells the rate, the document what is drawn.
  useSession((state) => state.learningRate);
  const offered = useWhole(() => keepLearningRate.enabled(editor));
  if (!offered) return null;
  return (
    <div className="mt-1.5 flex items-center gap-2">
      <p className="flex-1 text-faint text-sm">The drawing says another rate, which counts again after it is opened.</p>
      <Button onClick={() => void keepLearningRate.run(editor)}>Keep in the drawing</Button>
    </div>
  );
}
