import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import type { Layer } from '../store/types.ts';
import { Tip } from '../widgets/Button.tsx';

const LAYERS: readonly { readonly layer: Layer; readonly label: string; readonly dot: string; readonly tip: string }[] =
  [
    { layer: 'forward', label: 'Forward', dot: 'bg-forward', tip: 'Values, from data to loss' },
    {
      layer: 'backward',
      label: 'Backward',
      dot: 'bg-backward',
      tip: 'Gradients that the compiler derived, from loss to parameters',
    },
    { layer: 'update', label: 'Update', dot: 'bg-update', tip: 'New values of the parameters' },
  ];

/** Which layers of the graph the canvas shows. */
export function LayerSwitch() {
  const layers = useUi((state) => state.layers);
  return (
    <fieldset aria-label="Layers" className="flex rounded-lg border border-line bg-panel">
      {LAYERS.map(({ layer, label, dot, tip }) => (
        <Tip key={layer} text={tip}>
          <button
            type="button"
            aria-pressed={layers[layer]}
            onClick={() => editor.ui.toggleLayer(layer)}
            className="flex h-7 items-center gap-2 border-line border-l px-3 text-muted transition-colors first:rounded-l-lg first:border-l-0 last:rounded-r-lg hover:text-ink aria-pressed:bg-panel-2 aria-pressed:text-ink"
          >
            <span
              className={`size-2 rounded-full border transition-opacity ${layers[layer] ? dot : ''}`}
              style={{ borderColor: `var(--${layer})` }}
            />
            {label}
          </button>
        </Tip>
      ))}
    </fieldset>
  );
}
