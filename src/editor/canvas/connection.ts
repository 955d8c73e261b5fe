/** Which ports a connection that is being drawn may end at: settled once when it begins, so that asking is cheap. */
import type { Connection, Edge } from '@xyflow/react';
import type { NodeId } from '../../compiler/document.ts';
import { forbiddenNodes } from '../commands/wires.ts';
import type { Editor } from '../store/create-editor.ts';

const NOTHING: ReadonlySet<NodeId> = new Set();

export interface ConnectionGuard {
  begin(from: { readonly node: NodeId; readonly side: 'source' | 'target' }): void;
  end(): void;
  isValid(connection: Connection | Edge): boolean;
}

/** `root` gets `data-connecting`, and nodes that would close a loop the class `forbidden`: styles do the rest. */
export function createConnectionGuard(editor: Editor, root: () => HTMLElement | null): ConnectionGuard {
  let side: 'source' | 'target' = 'source';
  let forbidden = NOTHING;

  const isParameter = (node: NodeId) => {
    const { graph } = editor.document.getState().document;
    return editor.registry.get(graph.nodes[node]?.op ?? '')?.kind === 'parameter';
  };

  function end() {
    forbidden = NOTHING;
    const element = root();
    if (!element) return;
    delete element.dataset.connecting;
    for (const node of element.querySelectorAll('.react-flow__node.forbidden')) node.classList.remove('forbidden');
  }

  return {
    begin(from) {
      end();
      side = from.side;
      forbidden = forbiddenNodes(editor.document.getState().document, editor.registry, from);
      const element = root();
      if (!element) return;
      element.dataset.connecting = side;
      for (const node of element.querySelectorAll<HTMLElement>('.react-flow__node')) {
        const id = node.dataset.id ?? '';
        const isUpdate = side === 'source' && isParameter(id);
        if (id !== from.node && forbidden.has(id) && !isUpdate) node.classList.add('forbidden');
      }
    },
    end,
    isValid({ source, target }) {
      if (!source || !target) return false;
      if (isParameter(target)) return true;
      return source !== target && !forbidden.has(side === 'source' ? target : source);
    },
  };
}
