import { type KeyboardEvent, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { rename } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';

/** The name of a node; a field while it is being renamed. */
export function NodeName({ id, name }: { readonly id: NodeId; readonly name: string }) {
  const renaming = useUi((state) => state.renaming === id);
  if (renaming) return <NameField id={id} name={name} />;
  return (
    <span className="node-name" title={name}>
      {name}
    </span>
  );
}

function NameField({ id, name }: { readonly id: NodeId; readonly name: string }) {
  const cancelled = useRef(false);
  const end = (text: string) => {
    if (!cancelled.current) void rename.run(editor, { node: id, name: text });
    editor.ui.set({ renaming: null });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    cancelled.current = event.key === 'Escape';
    event.currentTarget.blur();
    editor.view.focus(id);
  };
  return (
    <input
      className="node-name-field nodrag"
      aria-label="Name"
      defaultValue={name}
      // biome-ignore lint/a11y/noAutofocus: the user asked to type a name just now
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
