import { useId } from 'react';
import { BROADCAST_RULES, type LanguageOptions, languageOptions } from '../../compiler/document.ts';
import { setBroadcast } from '../commands/language.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';

type Rule = LanguageOptions['broadcast'];

const RULES: Readonly<Record<Rule, readonly [label: string, meaning: string]>> = {
  any: [
    'Any',
    'NumPy’s rule: shapes are aligned at the last axis, and sizes of 1 are stretched, in both operands if need be: [2] and [3, 1] give [3, 2].',
  ],
  'one-sided': [
    'One-sided',
    'One operand has the shape of the result already, and only the other is stretched: [2] and [3, 2] are fine, [2] and [3, 1] are an error.',
  ],
  'same-rank': [
    'Same rank',
    'Like one-sided, and no operand but a single number gets more axes: [1, 2] and [3, 2] are fine, [2] and [3, 2] are an error.',
  ],
};

/** How strict this document is. */
export function Language() {
  const id = useId();
  const rule = useDocumentState((state) => languageOptions(state.document).broadcast);
  return (
    <div className="max-w-2xl px-4 py-3">
      <label htmlFor={id} className="font-medium">
        Broadcasting
      </label>
      <p className="text-muted">
        Which shapes are stretched without being asked. A mark on a node says where it happens.
      </p>
      <select
        id={id}
        className="field mt-2 max-w-52"
        value={rule}
        aria-describedby={`${id}-meaning`}
        onChange={(event) => void setBroadcast.run(editor, { rule: event.target.value as Rule })}
      >
        {BROADCAST_RULES.map((value) => (
          <option key={value} value={value}>
            {RULES[value][0]}
          </option>
        ))}
      </select>
      <p id={`${id}-meaning`} className="mt-2 text-muted">
        {RULES[rule][1]}
      </p>
    </div>
  );
}
