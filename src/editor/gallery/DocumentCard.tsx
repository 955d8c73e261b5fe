import type { GraphDocument } from '../../compiler/document.ts';
import { editor } from '../store/editor.ts';
import { ExamplePicture } from './ExamplePicture.tsx';
import { GraphPreview } from './GraphPreview.tsx';

interface DocumentCardProps {
  readonly document: GraphDocument;
  /** A line below the description. */
  readonly detail: string;
  /** Picture beside the words instead of above them. */
  readonly compact?: boolean;
  /** An example as it ships, of which there is a picture. */
  readonly picture?: boolean;
  readonly onOpen: () => void;
}

/** A document to open, with a picture of its graph. */
export function DocumentCard({ document, detail, compact = false, picture = false, onOpen }: DocumentCardProps) {
  return (
    <button
      type="button"
      data-example={document.name}
      className={`flex w-full overflow-hidden rounded-lg border border-line text-left transition-colors hover:border-line-strong hover:bg-panel-2 ${compact ? '' : 'flex-col'}`}
      onClick={onOpen}
    >
      {picture ? (
        <ExamplePicture
          name={document.name}
          className={compact ? 'h-18 w-28 shrink-0 border-r bg-bg' : 'aspect-2/1 w-full border-b bg-bg'}
        />
      ) : (
        <GraphPreview
          document={document}
          registry={editor.registry}
          className={compact ? 'h-18 w-28 shrink-0 border-r bg-bg p-1.5' : 'h-24 w-full border-b bg-bg p-2'}
        />
      )}
      <span className={`flex flex-1 flex-col gap-0.5 ${compact ? 'px-3 py-2' : 'p-3'}`}>
        <span className="font-medium">{document.name}</span>
        <span className={`text-muted ${compact ? 'line-clamp-2 leading-4' : ''}`}>{document.description}</span>
        {!compact && <span className="mt-auto pt-1 text-faint text-sm">{detail}</span>}
      </span>
    </button>
  );
}
