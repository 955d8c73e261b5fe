/** CodeMirror in the colours of the page. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

export interface CodeMistake {
  readonly at: number;
  readonly message: string;
}

interface CodeEditorProps {
  readonly code: string;
  readonly readOnly: boolean;
  /** Lines that belong to what is selected, from 1. */
  readonly marked: readonly number[];
  readonly mistake: CodeMistake | null;
  /** What one types. */
  readonly onEdit: (code: string) => void;
  /** The line that one moved to. */
  readonly onLine: (line: number) => void;
}

const markLines = StateEffect.define<readonly number[]>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(now, transaction) {
    let result = now.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markLines)) continue;
      const { doc } = transaction.state;
      const lines = effect.value.filter((line) => line >= 1 && line <= doc.lines).sort((a, b) => a - b);
      const ranges = lines.map((line): Range<Decoration> => {
        return Decoration.line({ class: 'cm-marked' }).range(doc.line(line).from);
      });
      result = Decoration.set(ranges);
    }
    return result;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--text)', backgroundColor: 'var(--panel)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.6', scrollbarWidth: 'thin' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', border: 'none' },
  '.cm-marked': { backgroundColor: 'color-mix(in srgb, var(--forward) 7%, transparent)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--forward) 26%, transparent) !important',
  },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)', border: '1px solid var(--border-strong)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.moduleKeyword], color: 'var(--muted)' },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: 'var(--update)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--forward)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
]);

/** Code that one may edit. What comes from outside replaces the text; what one types is told of. */
export function CodeEditor({ code, readOnly, marked, mistake, onEdit, onLine }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const locked = useRef(new Compartment());
  const told = useRef({ onEdit, onLine });
  told.current = { onEdit, onLine };

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          lintGutter(),
          javascript(),
          syntaxHighlighting(colours),
          marks,
          look,
          locked.current.of(EditorState.readOnly.of(false)),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': 'Code of the drawing', tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged, selectionSet, state, transactions }) => {
            const byHand = transactions.some(
              (each) =>
                each.isUserEvent('input') ||
                each.isUserEvent('delete') ||
                each.isUserEvent('undo') ||
                each.isUserEvent('redo') ||
                each.isUserEvent('move'),
            );
            if (docChanged && byHand) told.current.onEdit(state.doc.toString());
            const moved = transactions.some((each) => each.isUserEvent('select'));
            if (selectionSet && moved) told.current.onLine(state.doc.lineAt(state.selection.main.head).number);
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const { current } = view;
    const before = current?.state.doc.toString();
    if (current && before !== code) current.dispatch({ changes: { from: 0, to: before?.length ?? 0, insert: code } });
  }, [code]);

  useEffect(() => {
    view.current?.dispatch({ effects: locked.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other code has other lines
  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const [first] = marked;
    const line = first !== undefined && first <= current.state.doc.lines ? current.state.doc.line(first) : null;
    const scroll =
      line && !current.hasFocus ? [EditorView.scrollIntoView(line.from, { y: 'nearest', yMargin: 40 })] : [];
    current.dispatch({ effects: [markLines.of(marked), ...scroll] });
  }, [marked, code]);

  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const at = Math.min(mistake?.at ?? 0, current.state.doc.length);
    const found = mistake ? [{ from: at, to: at, severity: 'error' as const, message: mistake.message }] : [];
    current.dispatch(setDiagnostics(current.state, found));
  }, [mistake]);

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
