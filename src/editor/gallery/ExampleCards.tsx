import { useEffect, useState } from 'react';
import type { GraphDocument } from '../../compiler/document.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import { openDocument } from '../persistence/documents.ts';
import { editor } from '../store/editor.ts';
import { formatAmount } from '../widgets/format.ts';
import { exampleNames, loadExample } from './examples.ts';
import { GraphPreview } from './GraphPreview.tsx';

interface Example {
  readonly name: string;
  readonly document: GraphDocument;
  readonly nodes: number;
}

/** The examples with a picture of each; choosing one opens it. */
export function ExampleCards({ limit, onOpen }: { readonly limit?: number; readonly onOpen?: () => void }) {
  const examples = useExamples().slice(0, limit);
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-3">
      {examples.map((example) => (
        <li key={example.name} className="flex">
          <button
            type="button"
            data-example={example.name}
            className="flex w-full flex-col overflow-hidden rounded-lg border border-line text-left transition-colors hover:border-line-strong hover:bg-panel-2"
            onClick={() => {
              onOpen?.();
              openDocument(editor, example.document);
            }}
          >
            <GraphPreview
              document={example.document}
              registry={editor.registry}
              className="h-24 w-full border-b bg-bg p-2"
            />
            <span className="flex flex-1 flex-col gap-0.5 p-3">
              <span className="font-medium">{example.document.name}</span>
              <span className="text-muted">{example.document.description}</span>
              <span className="mt-auto pt-1 text-faint text-sm">{formatAmount(example.nodes, 'node')}</span>
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
    const load = async (name: string): Promise<Example[]> => {
      const document = await loadExample(name);
      if (!document) return [];
      return [
        { name, document: placeMissing(document, editor.registry), nodes: Object.keys(document.graph.nodes).length },
      ];
    };
    void Promise.all(exampleNames.map(load)).then((found) => {
      if (current) setExamples(found.flat());
    });
    return () => {
      current = false;
    };
  }, []);
  return examples;
}
