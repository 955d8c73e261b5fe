import { useEffect, useState } from 'react';
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import { countParameters } from '../inspector/parameters.ts';
import { openDocument } from '../persistence/documents.ts';
import { editor } from '../store/editor.ts';
import { formatAmount } from '../widgets/format.ts';
import { DocumentCard } from './DocumentCard.tsx';
import { hasPicture } from './ExamplePicture.tsx';
import { exampleNames, loadExample } from './examples.ts';

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
          <DocumentCard
            document={example.document}
            detail={`${formatAmount(example.nodes, 'node')}, ${formatAmount(example.parameters, 'parameter')}`}
            compact={compact}
            picture={hasPicture(example.name)}
            onOpen={() => {
              onOpen?.();
              openDocument(editor, example.document);
            }}
          />
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
