import { Copy, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { flatten } from '../../compiler/flatten.ts';
import type { Role } from '../../compiler/ir.ts';
import type { PhaseReport } from '../../compiler/report.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { IconButton } from '../widgets/Button.tsx';
import { formatCount } from '../widgets/format.ts';
import { moveByArrows } from '../widgets/roving.ts';
import { type IrLine, irLines } from './ir-lines.ts';
import { jumpTo } from './jump.ts';

const ROLES: readonly Role[] = ['forward', 'backward', 'update'];
const COLOURS: Readonly<Record<Role, string>> = {
  forward: 'text-forward',
  backward: 'text-backward',
  update: 'text-update',
};

/** More lines than anyone reads; the search finds the others. */
const SHOWN = 800;

/** What the compiler compiles: modules are replaced by their nodes. */
const flatGraph = () => flatten(editor.whole.getState().document, editor.registry).document.graph;

type Side = 'after' | 'before' | 'both';

const SIDES: Readonly<Record<Side, string>> = { before: 'Before', after: 'After', both: 'Side by side' };

/** What a phase does, what changed, and the text of the function before and after it. */
export function PhaseText({ phase }: { readonly phase: PhaseReport }) {
  const [query, setQuery] = useState('');
  const [side, setSide] = useState<Side>('after');
  const { before } = phase;
  const shown = before === null ? 'after' : side;
  return (
    <div className="scroll-thin h-full overflow-y-auto">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-1.5 px-4 pt-2 pb-1.5">
        <div className="min-w-0 max-w-3xl flex-[1_1_32rem]">
          <p>{phase.summary}</p>
          <p className="text-muted">
            {phase.changes} <Roles counts={phase.equations} />
          </p>
          <p className="text-muted">
            <span className="font-medium">On the canvas:</span> {phase.canvas}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-1 max-wide:w-full max-wide:flex-wrap">
          {before !== null && <Sides side={side} onChange={setSide} />}
          <div className="relative w-36 max-wide:flex-1">
            <Search size={14} aria-hidden="true" className="absolute top-2 left-2 text-faint" />
            <input
              type="search"
              aria-label="Search the equations"
              placeholder="Search"
              className="field pl-7!"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </div>
          <IconButton
            label="Copy the text"
            onClick={() => void navigator.clipboard?.writeText(shown === 'before' ? (before ?? '') : phase.text)}
          >
            <Copy size={14} />
          </IconButton>
        </div>
      </div>
      <div className="flex gap-px max-wide:flex-col">
        {before !== null && shown !== 'after' && (
          <Equations text={before} query={query} label={`Equations before ${phase.phase}`} />
        )}
        {shown !== 'before' && <Equations text={phase.text} query={query} label={`Equations after ${phase.phase}`} />}
      </div>
    </div>
  );
}

function Roles({ counts }: { readonly counts: PhaseReport['equations'] }) {
  if (!counts) return null;
  return (
    <span className="ml-1 inline-flex flex-wrap gap-x-3">
      {ROLES.map((role) => (
        <span key={role} className={COLOURS[role]}>
          {formatCount(counts[role])} {role}
        </span>
      ))}
    </span>
  );
}

function Sides({ side, onChange }: { readonly side: Side; readonly onChange: (side: Side) => void }) {
  return (
    <fieldset aria-label="Text" className="flex rounded-md border border-line">
      {(['before', 'after', 'both'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={side === each}
          className="min-h-7 whitespace-nowrap border-line px-2 text-muted not-first:border-l aria-pressed:bg-panel-2 aria-pressed:text-ink"
          onClick={() => onChange(each)}
        >
          {SIDES[each]}
        </button>
      ))}
    </fieldset>
  );
}

interface EquationsProps {
  readonly text: string;
  readonly query: string;
  readonly label: string;
}

/** A text line by line. A line leads to the node it comes from. */
function Equations({ text, query, label }: EquationsProps) {
  const lines = useMemo(() => irLines(text, flatGraph()), [text]);
  const wanted = query.trim().toLowerCase();
  const found = wanted === '' ? lines : lines.filter((line) => textOf(line).toLowerCase().includes(wanted));
  const firstLink = found.find(({ node }) => node !== null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the buttons inside
    <div
      className="scroll-thin min-w-0 flex-1 overflow-x-auto border-l px-4 pb-3 font-mono text-sm first:border-l-0 max-wide:flex-none max-wide:border-l-0"
      onKeyDown={moveByArrows}
    >
      <ol key={wanted} aria-label={label} className="w-max min-w-full">
        {found.slice(0, SHOWN).map((line) => (
          <Line key={line.number} line={line} first={line === firstLink} />
        ))}
      </ol>
      {found.length === 0 && <p className="font-sans text-muted">No equation contains “{query}”.</p>}
      {found.length > SHOWN && (
        <p className="font-sans text-muted">
          {formatCount(found.length - SHOWN)} more lines: search for what you need.
        </p>
      )}
    </div>
  );
}

function textOf({ text, origin }: IrLine): string {
  return origin === null ? text : `${text} ; ${origin}`;
}

function Line({ line, first }: { readonly line: IrLine; readonly first: boolean }) {
  const { text, origin, role, node } = line;
  const selected = useUi((state) => node !== null && state.selection.nodes.includes(node));
  const content = (
    <>
      <span>{text} </span>
      {origin !== null && role !== null && <span className={`pl-2 ${COLOURS[role]}`}>{origin}</span>}
    </>
  );
  const look = 'block w-full whitespace-pre text-left leading-6 [content-visibility:auto]';
  return (
    <li data-selected={selected || undefined} className="data-[selected]:bg-panel-2">
      {node === null ? (
        <span className={`${look} text-muted`}>{content}</span>
      ) : (
        <button
          type="button"
          data-item
          tabIndex={first ? 0 : -1}
          className={`${look} hover:bg-panel-2 focus-visible:-outline-offset-2`}
          onClick={() => jumpTo(node)}
        >
          {content}
        </button>
      )}
    </li>
  );
}
