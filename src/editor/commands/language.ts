/** How strict the language is, and which rewrites the compiler may do: options of the document. */
import { DEFAULT_OPTIONS, type LanguageOptions, languageOptions } from '../../compiler/document.ts';
import type { Editor } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { always, type Command } from './command.ts';

/** In the list of switched-off rewrites: all of them. */
export const ALL_REWRITES = '*';

/** Options are stored only where they differ from the defaults. */
function setOptions(editor: Editor, label: string, part: Partial<LanguageOptions>): void {
  const { document } = editor.document.getState();
  const next = { ...languageOptions(document), ...part };
  if (JSON.stringify(next) === JSON.stringify(languageOptions(document))) return;
  const names = Object.keys(next) as (keyof LanguageOptions)[];
  const own = names.filter((name) => JSON.stringify(next[name]) !== JSON.stringify(DEFAULT_OPTIONS[name]));
  editor.document.apply(label, (draft) => {
    if (own.length === 0) delete draft.graph.options;
    else draft.graph.options = Object.fromEntries(own.map((name) => [name, next[name]])) as OptionsDraft;
  });
}

type OptionsDraft = NonNullable<DocumentDraft['graph']['options']>;

export const setBroadcast: Command<{ readonly rule: LanguageOptions['broadcast'] }> = {
  id: 'document.set-broadcast',
  label: 'Set broadcasting',
  group: 'Edit',
  enabled: always,
  run: (editor, { rule }) => setOptions(editor, `Broadcast ${rule}`, { broadcast: rule }),
};

const disabledIn = (editor: Editor) => languageOptions(editor.document.getState().document).disabledRewrites;

export const setRewrite: Command<{ readonly rule: string; readonly enabled: boolean }> = {
  id: 'document.set-rewrite',
  label: 'Switch a rewrite',
  group: 'Edit',
  enabled: always,
  run(editor, { rule, enabled }) {
    const others = disabledIn(editor).filter((name) => name !== rule);
    const disabledRewrites = enabled ? others : [...others, rule].sort();
    setOptions(editor, `${enabled ? 'Use' : 'Leave out'} rewrite ${rule}`, { disabledRewrites });
  },
};

/** Switches all rewrites off, or as they were before. */
export const toggleRewrites: Command = {
  id: 'document.toggle-rewrites',
  label: 'Switch all rewrites on or off',
  group: 'Edit',
  enabled: always,
  run(editor) {
    const disabled = disabledIn(editor);
    const off = disabled.includes(ALL_REWRITES);
    setOptions(editor, off ? 'Use rewrites' : 'Leave out all rewrites', {
      disabledRewrites: off ? disabled.filter((name) => name !== ALL_REWRITES) : [ALL_REWRITES, ...disabled],
    });
  },
};
