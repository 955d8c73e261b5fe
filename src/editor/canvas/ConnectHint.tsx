import { editor } from '../store/editor.ts';
import { useDocumentState, useUi } from '../store/hooks.ts';

/** What to do next while a connection is made by clicks or keys. */
export function ConnectHint() {
  const connecting = useUi((state) => (state.dialog ? null : state.connecting));
  const name = useDocumentState((state) => state.document.graph.nodes[connecting?.node ?? '']?.name);
  return (
    <div className="connect-hint" aria-live="polite">
      {connecting && name && (
        <p>
          {connecting.side === 'source'
            ? `From ${name}: choose an input or a node.`
            : `To ${name}: choose an output or a node.`}
          <button type="button" onClick={() => editor.ui.set({ connecting: null })}>
            Cancel <kbd>Esc</kbd>
          </button>
        </p>
      )}
    </div>
  );
}
