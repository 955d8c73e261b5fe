import { CirclePause, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand/react';
import type { Breakpoint, NodeId } from '../../compiler/document.ts';
import type { BreakpointKind } from '../../compiler/plan.ts';
import { reveal } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useUi, useWhole } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Toggle } from '../widgets/Toggle.tsx';
import { drawnNode, hitWords, paused } from './breakpoint-store.ts';
import {
  addBreakpoint,
  breakAnywhere,
  changeBreakpoint,
  removeBreakpoint,
  selectedPlace,
  switchBreakpoints,
} from './commands.ts';
import { KINDS } from './words.ts';

const NONE: Readonly<Record<string, Breakpoint>> = {};
const FIELD = 'h-7 rounded-md border border-line bg-panel px-1.5';

/** All breakpoints of the drawing, and a form for another. */
export function BreakpointsTab() {
  const all = useWhole((state) => state.document.layout.breakpoints ?? NONE);
  const entries = Object.entries(all);
  const on = entries.some(([, { disabled }]) => !disabled);
  return (
    <div className="grid gap-x-6 gap-y-3 p-4 @2xl:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <div className="min-w-0">
        <p className="mb-2 text-muted">
          Training pauses before a step in which one of these holds; while any is on, steps are made one at a time.
        </p>
        {entries.length === 0 ? (
          <p className="text-faint">No breakpoints yet. Select a wire or a node and press F9, or add one here.</p>
        ) : (
          <ul className="flex flex-col gap-1" aria-label="Breakpoints">
            {entries.map(([id, breakpoint]) => (
              <Row key={id} id={id} breakpoint={breakpoint} />
            ))}
          </ul>
        )}
        {entries.length > 1 && (
          <Button kind="quiet" className="mt-1" onClick={() => void switchBreakpoints.run(editor)}>
            {on ? 'Switch all off' : 'Switch all on'}
          </Button>
        )}
      </div>
      <Form />
    </div>
  );
}

function Row({ id, breakpoint }: { readonly id: string; readonly breakpoint: Breakpoint }) {
  const { when, at, path = [], limit, disabled = false } = breakpoint;
  const hit = useStore(paused, (state) => (state.hit?.id === id ? state.hit : null));
  const node = useWhole(() => (at ? drawnNode(editor, path, at.node) : undefined));
  const name = at ? (node?.name ?? 'A deleted node') : when === 'loss-rises' ? 'The loss' : 'Any value';
  const kind = KINDS.find((each) => each.when === when);
  const label = when === 'loss-rises' ? 'rises in a row' : (kind?.label ?? when);
  return (
    <li className="rounded-lg border border-line px-2 py-1" data-hit={hit ? true : undefined}>
      <div className="flex min-h-7 flex-wrap items-center gap-2">
        <Toggle
          label={`${name} ${label}`}
          checked={!disabled}
          className="my-0"
          onChange={(next) => void changeBreakpoint.run(editor, { id, change: { disabled: !next } })}
        />
        <span className={`min-w-0 flex-1 ${disabled ? 'text-faint' : ''}`}>
          {node ? (
            <button type="button" className="min-h-6 font-medium hover:underline" onClick={() => show(path, node.id)}>
              {name}
            </button>
          ) : (
            <span className="font-medium">{name}</span>
          )}{' '}
          {label}
        </span>
        {limit !== undefined && (
          <Limit
            label={when === 'loss-rises' ? 'Times in a row' : 'Size'}
            value={limit}
            onChange={(next) => void changeBreakpoint.run(editor, { id, change: { limit: next } })}
          />
        )}
        <IconButton
          label={`Remove the breakpoint on ${name}`}
          onClick={() => void removeBreakpoint.run(editor, { id })}
        >
          <Trash2 size={14} />
        </IconButton>
      </div>
      {hit && (
        <p className="flex items-center gap-1.5 pb-1 text-error text-sm">
          <CirclePause size={13} aria-hidden="true" />
          {hitWords(editor, hit).title}. {hitWords(editor, hit).text}
        </p>
      )}
    </li>
  );
}

function show(path: readonly NodeId[], node: NodeId) {
  editor.document.open(path);
  void reveal.run(editor, { node });
}

interface LimitProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Limit({ label, value, onChange }: LimitProps) {
  const [text, setText] = useState(String(value));
  const commit = () => {
    const next = Number(text);
    if (text.trim() === '' || !Number.isFinite(next) || next < 0) setText(String(value));
    else if (next !== value) onChange(next);
  };
  return (
    <input
      aria-label={label}
      inputMode="decimal"
      className={`${FIELD} w-20 text-right`}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

/** Another breakpoint: on what is selected, on all values, or on the loss. */
function Form() {
  const [when, setWhen] = useState<BreakpointKind>('nan');
  const [anywhere, setAnywhere] = useState(false);
  const kind = KINDS.find((each) => each.when === when);
  const [limit, setLimit] = useState('');
  useUi((state) => state.selection);
  useDocumentState((state) => state.path);
  const place = selectedPlace(editor);
  const { path } = editor.document.getState();
  const name = place?.at ? (drawnNode(editor, path, place.at.node)?.name ?? null) : null;
  const isLoss = when === 'loss-rises';
  const onAll = isLoss || anywhere || place === null;
  const add = () => {
    const number = Number(limit || kind?.limit);
    const breakpoint: Breakpoint = {
      when,
      ...(onAll ? {} : place),
      ...(kind?.limit !== undefined && { limit: Number.isFinite(number) ? number : kind.limit }),
    };
    void addBreakpoint.run(editor, { breakpoint });
  };
  return (
    <form
      aria-label="Add a breakpoint"
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <h3 className="font-medium">Pause when</h3>
      {!isLoss && (
        <label className="flex items-center gap-2">
          <span className="w-16 text-muted">value</span>
          <select
            className={`${FIELD} min-w-0 flex-1`}
            value={onAll ? 'all' : 'selected'}
            onChange={(event) => setAnywhere(event.target.value === 'all')}
          >
            {name !== null && <option value="selected">{name} (selected)</option>}
            <option value="all">any value</option>
          </select>
        </label>
      )}
      <label className="flex items-center gap-2">
        <span className="w-16 text-muted">condition</span>
        <select
          className={`${FIELD} min-w-0 flex-1`}
          value={when}
          onChange={(event) => {
            setWhen(event.target.value as BreakpointKind);
            setLimit('');
          }}
        >
          {KINDS.map((each) => (
            <option key={each.when} value={each.when}>
              {each.label}
            </option>
          ))}
        </select>
      </label>
      {kind?.limit !== undefined && (
        <label className="flex items-center gap-2">
          <span className="w-16 text-muted">{isLoss ? 'times' : 'size'}</span>
          <input
            inputMode="decimal"
            className={`${FIELD} w-24 text-right`}
            placeholder={String(kind.limit)}
            value={limit}
            onChange={(event) => setLimit(event.target.value)}
          />
        </label>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit">
          <Plus size={14} /> Add breakpoint
        </Button>
        {!breakAnywhere.checked?.(editor) && (
          <Button kind="quiet" onClick={() => void breakAnywhere.run(editor)}>
            Any value is NaN
          </Button>
        )}
      </div>
    </form>
  );
}
