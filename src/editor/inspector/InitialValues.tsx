import { useMemo } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { completeAttributes, type OpRecord } from '../../compiler/op.ts';
import { setAttribute } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useNode, useWhole } from '../store/hooks.ts';
import { formatFigure } from '../widgets/format.ts';
import { generatorText, initialOf, lawOf, type Preview, previewOf } from './initial.ts';
import { Fact, Facts, Section } from './Section.tsx';

/** What is most often wanted, by what follows the layer. */
const USUAL: readonly (readonly [label: string, initializer: string])[] = [
  ['tanh', 'glorot_uniform'],
  ['sigmoid', 'glorot_uniform_sigmoid'],
  ['ReLU', 'he_uniform'],
  ['bias', 'zeros'],
];

interface InitialValuesProps {
  readonly id: NodeId;
  readonly record: OpRecord;
}

/** How a parameter begins: the rule in plain words, a choice of the usual ones, and the values that come of it. */
export function InitialValues({ id, record }: InitialValuesProps) {
  const node = useNode(id);
  const graph = useWhole((state) => state.document.graph);
  const path = useDocumentState((state) => state.path);
  const initial = useMemo(() => {
    // Places of nodes do not matter, and change with every movement.
    const drawn = { ...editor.whole.getState().document, graph };
    return initialOf(drawn, editor.registry, flatten(drawn, editor.registry).idOf(path, id));
  }, [graph, path, id]);
  const preview = useMemo(() => initial && previewOf(initial), [initial]);
  if (!node) return null;
  const chosen = String(completeAttributes(record, node.attributes).initializer);
  const explained = record.attributes.initializer?.explains?.[chosen];
  const generator = initial && generatorText(initial.initializer);
  return (
    <Section title="Initial values">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need another look */}
      <div role="group" aria-label="Begin as is usual for" className="mb-1.5 flex flex-wrap items-center gap-1">
        <span className="mr-1 text-muted">for</span>
        {USUAL.map(([label, initializer]) => (
          <button
            key={label}
            type="button"
            aria-pressed={chosen === initializer}
            title={record.attributes.initializer?.explains?.[initializer]}
            className="min-h-6 rounded-full border border-line px-2 text-sm hover:border-line-strong hover:bg-panel-2 aria-pressed:border-ink aria-pressed:font-medium"
            onClick={() =>
              void setAttribute.run(editor, {
                node: id,
                attribute: 'initializer',
                value: initializer,
                policy: 'record',
              })
            }
          >
            {label}
          </button>
        ))}
      </div>
      {explained && <p className="mb-1.5 text-muted">{explained}</p>}
      {initial && (
        <Facts>
          <Fact label="values">{lawOf(initial.initializer)}</Fact>
          {preview && preview.most > preview.least && (
            <Fact label="mean, sd">
              {formatFigure(preview.mean)}, {formatFigure(preview.std)}
            </Fact>
          )}
          {initial.shape.length > 1 && (
            <Fact label="fan in, out">
              {initial.fans.in}, {initial.fans.out}
            </Fact>
          )}
          {generator && <Fact label="generator">{generator}</Fact>}
        </Facts>
      )}
      {preview && preview.most > preview.least && <Histogram preview={preview} />}
    </Section>
  );
}

const WIDTH = 240;
const HEIGHT = 36;

function Histogram({ preview: { least, most, histogram } }: { readonly preview: Preview }) {
  const highest = Math.max(...histogram);
  const step = WIDTH / histogram.length;
  const bars = histogram
    .map((fraction, at) => {
      const size = fraction > 0 ? Math.max(1, (HEIGHT - 1) * (fraction / highest)) : 0;
      return `M${at * step} ${HEIGHT - size}h${step - 1}v${size}h-${step - 1}z`;
    })
    .join('');
  return (
    <figure className="mt-1.5">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-9 w-full"
        role="img"
        aria-label={`Histogram of the initial values, from ${formatFigure(least)} to ${formatFigure(most)}`}
      >
        <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} stroke="var(--border-strong)" fill="none" />
        <path d={bars} fill="var(--forward)" />
      </svg>
      <figcaption aria-hidden="true" className="flex justify-between text-faint text-sm">
        <span>{formatFigure(least)}</span>
        <span>{formatFigure(most)}</span>
      </figcaption>
    </figure>
  );
}
