import './note.css';
import type { NodeProps } from '@xyflow/react';
import { type KeyboardEvent, lazy, memo, Suspense, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { setAttribute } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useNode, useRecord, useUi } from '../store/hooks.ts';
import type { FlowNode } from './flow-nodes.ts';
import { noteText } from './geometry.ts';

/** Markdown comes with the first note. */
const NoteText = lazy(async () => ({ default: (await import('../notes/NoteText.tsx')).NoteText }));

/** Text in Markdown; a field while it is being edited, which a double click or F2 begins. */
export const NoteNode = memo(function NoteNode({ id }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const record = useRecord(id);
  const isEdited = useUi((state) => state.renaming === id);
  if (!node) return null;
  const text = noteText(record, node.attributes);
  if (isEdited) return <NoteField id={id} text={text} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: F2 does the same
    <div
      className="note-node"
      onDoubleClick={(event) => {
        event.stopPropagation();
        editor.ui.set({ renaming: id });
      }}
    >
      {/* What is empty could not be found again. */}
      {text.trim() === '' ? (
        'Empty note'
      ) : (
        <Suspense fallback={<p>{text}</p>}>
          <NoteText text={text} />
        </Suspense>
      )}
    </div>
  );
});

function NoteField({ id, text }: { readonly id: NodeId; readonly text: string }) {
  const cancelled = useRef(false);
  const end = (value: string) => {
    if (!cancelled.current && value !== text) {
      void setAttribute.run(editor, { node: id, attribute: 'text', value, policy: 'record' });
    }
    editor.ui.set({ renaming: null });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation();
    const isDone = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (!isDone && event.key !== 'Escape') return;
    cancelled.current = event.key === 'Escape';
    event.currentTarget.blur();
    editor.view.focus(id);
  };
  return (
    <textarea
      className="note-field nodrag nowheel"
      aria-label="Text of the note, in Markdown"
      placeholder="Markdown, and $mathematics$"
      defaultValue={text}
      // biome-ignore lint/a11y/noAutofocus: the user asked to type just now
      autoFocus
      onBlur={(event) => end(event.currentTarget.value)}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
    />
  );
}
