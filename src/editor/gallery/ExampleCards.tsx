import { useEffect, useState } from 'react';
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import { countParameters } from '../inspector/parameters.ts';
import { openDocument } from '../persistence/documents.ts';
import { editor } from '../store/editor.ts';
import { formatAmount } from '../widgets/format.ts';
import { exampleNames, loadExample } from './examples.ts';
import { GraphPreview } from './GraphPreview.tsx';

interface Example {
  readonly name: string;
  readonly document: GraphDocument;
  readonly nodes: number;
  readonly parameters: number;
}

interface ExampleCardsProps {
  /** Pictures beside the words instead of above them. */
  readonly compact?: boolean;
  readonly onOpen?: () => void;
}

/** The examples with a picture of each; choosing one opens it. */
export function ExampleCards({ compact = false, onOpen }: ExampleCardsProps) {
  const examples = useExamples();
  return (
    <ul className={compact ? 'flex flex-col gap-2' : 'grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-3'}>
      {examples.map((example) => (
        <li key={example.name} className="flex">
          <button
            type="button"
            data-example={example.name}
            className={`flex w-full overflow-hidden rounded-lg border border-line text-left transition-colors hover:border-line-strong hover:bg-panel-2 ${compact ? '' : 'flex-col'}`}
            onClick={() => {
              onOpen?.();
              openDocument(editor, example.document);
            }}
          >
            <GraphPreview
              document={example.document}
              registry={editor.registry}
              className={compact ? 'h-18 w-28 shrink-0 border-r bg-bg p-1.5' : 'h-24 w-full border-b bg-bg p-2'}
            />
            <span className={`flex flex-1 flex-col gap-0.5 ${compact ? 'px-3 py-2' : 'p-3'}`}>
              <span className="font-medium">{example.document.name}</span>
              <span className={`text-muted ${compact ? 'line-clamp-2 leading-4' : ''}`}>
                {example.document.description}
              </span>
              {!compact && (
                <span className="mt-auto pt-1 text-faint text-sm">
                  {formatAmount(example.nodes, 'node')}, {formatAmount(example.parameters, 'parameter')}
                </span>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function useExamples(): readonly Example[] {
  const [examples, setExamples] = useState<readonly Example[]>([]);
  useEffect(() => {
    let current = true;
    void Promise.all(exampleNames.map(describe)).then((found) => {
      if (current) setExamples(found.flat());
    });
    return () => {
      current = false;
    };
  }, []);
  return examples;
}

/** Nothing where the example cannot be loaded. */
async function describe(name: string): Promise<Example[]> {
  const loaded = await loadExample(name);
  if (!loaded) return [];
  const document = placeMissing(loaded, editor.registry);
  const nodes = Object.keys(document.graph.nodes).length;
  const parameters = countParameters(document, editor.registry, check(document, editor.registry));
  return [{ name, document, nodes, parameters }];
}
