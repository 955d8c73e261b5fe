import type { NodeId } from '../../compiler/document.ts';
import { rename } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { NameField } from '../widgets/NameField.tsx';

/** The name of a node; a field while it is being renamed. */
export function NodeName({ id, name }: { readonly id: NodeId; readonly name: string }) {
  const renaming = useUi((state) => state.renaming === id);
  if (!renaming) {
    return (
      <span className="node-name" title={name}>
        {name}
      </span>
    );
  }
  const end = (text: string | null) => {
    if (text !== null) void rename.run(editor, { node: id, name: text });
    editor.ui.set({ renaming: null });
  };
  return <NameField className="node-name-field nodrag" name={name} onEnd={end} onKey={() => editor.view.focus(id)} />;
}
