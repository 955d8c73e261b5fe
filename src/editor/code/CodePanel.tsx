import { Copy, PanelRightClose, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { printCode } from '../../symbolic/code/print.ts';
import { readCode } from '../../symbolic/code/read.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useUi, useWhole } from '../store/hooks.ts';
import { IconButton } from '../widgets/Button.tsx';
import { applyCode } from './apply-code.ts';

const CodeEditor = lazy(() => import('./CodeEditor.tsx').then((module) => ({ default: module.CodeEditor })));

/** Typing rests so long before the drawing follows. */
const REST_MS = 400;

interface Draft {
  readonly text: string;
  /** The graph that the text says, once it says one. */
  readonly graph: object | null;
  readonly mistake: { readonly at: number; readonly message: string } | null;
}

/** The drawing as code beside the canvas. Either can be edited, and the other follows; what is selected is marked in both. */
export function CodePanel({ onClose }: { readonly onClose?: () => void }) {
  const document = useWhole((state) => state.document);
  const selected = useUi((state) => state.selection.nodes);
  const inModule = useDocumentState((state) => state.path.length > 0);
  const printed = useMemo(() => printCode(document), [document]);
  const [draft, setDraft] = useState<Draft | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(rest.current), []);

  // An edit on the canvas takes the place of text that said the graph before it; text with a mistake stays until it is let go.
  const stale = draft?.graph !== null && draft?.graph !== document.graph;
  const own = draft && !stale ? draft : null;
  const code = own?.text ?? printed.code;
  const lines = useMemo(() => (own ? readCode(own.text).lines : null), [own]);
  const lineOf = (id: string): number | undefined =>
    lines ? lines.get(document.graph.nodes[id]?.name ?? '') : printed.lines.get(id);
  const marked = inModule ? [] : selected.flatMap((id) => lineOf(id) ?? []);

  const edit = (text: string) => {
    clearTimeout(rest.current);
    setDraft({ text, graph: null, mistake: own?.mistake ?? null });
    rest.current = setTimeout(() => {
      const { at, diagnostics } = applyCode(editor, text);
      const [first] = diagnostics;
      const message = first ? [first.title, first.cause].filter(Boolean).join('. ') : '';
      const { graph } = editor.whole.getState().document;
      setDraft({ text, graph: first ? null : graph, mistake: first ? { at, message } : null });
    }, REST_MS);
  };
  const select = (line: number) => {
    const found = Object.keys(document.graph.nodes).find((id) => lineOf(id) === line);
    if (!found) return;
    if (inModule) editor.document.open([]);
    editor.ui.select([found]);
  };
  const lost = printed.lost.length > 0;
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-1 border-b pr-1 pl-3">
        <h2 className="flex-1 text-sm font-semibold">Code</h2>
        <IconButton
          label="Show the code of the drawing again"
          disabled={!own?.mistake}
          onClick={() => {
            clearTimeout(rest.current);
            setDraft(null);
          }}
        >
          <RotateCcw size={16} />
        </IconButton>
        <IconButton label="Copy the code" onClick={() => void navigator.clipboard.writeText(code)}>
          <Copy size={16} />
        </IconButton>
        {onClose && (
          <IconButton label="Hide the code" onClick={onClose}>
            <PanelRightClose size={16} />
          </IconButton>
        )}
      </div>
      <div className="min-h-0 flex-1">
        <Suspense fallback={<p className="px-3 py-2 text-muted">Opening the code…</p>}>
          <CodeEditor
            code={code}
            readOnly={lost}
            marked={marked}
            mistake={own?.mistake ?? null}
            onEdit={edit}
            onLine={select}
          />
        </Suspense>
      </div>
      <p role="status" className="border-t px-3 py-1.5 text-sm empty:hidden">
        {own?.mistake ? (
          <span className="text-error">{own.mistake.message} The drawing stays as it was.</span>
        ) : lost ? (
          'Some wires close a circle or share an input, and cannot be written as code. Repair them to edit it here.'
        ) : null}
      </p>
    </div>
  );
}
