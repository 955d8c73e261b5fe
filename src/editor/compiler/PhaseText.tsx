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

/** The IR after a phase. A line leads to the node it comes from. */
export function PhaseText({ phase }: { readonly phase: PhaseReport }) {
  const [query, setQuery] = useState('');
  const lines = useMemo(() => irLines(phase.text, flatGraph()), [phase.text]);
  const wanted = query.trim().toLowerCase();
  const found = wanted === '' ? lines : lines.filter((line) => textOf(line).toLowerCase().includes(wanted));
  const firstLink = found.find(({ node }) => node !== null);
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2 pb-1">
        <p className="text-muted">{phase.summary}</p>
        <p className="flex gap-3">
          {ROLES.map((role) => (
            <span key={role} className={COLOURS[role]}>
              {formatCount(phase.equations[role])} {role}
            </span>
          ))}
        </p>
        <div className="ml-auto flex items-center gap-1 max-wide:ml-0 max-wide:w-full">
          <div className="relative w-40 max-wide:w-full">
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
          <IconButton label="Copy the text" onClick={() => void navigator.clipboard?.writeText(phase.text)}>
            <Copy size={14} />
          </IconButton>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the buttons inside */}
      <div className="scroll-thin min-h-0 flex-1 overflow-auto px-4 pb-3 font-mono text-sm" onKeyDown={moveByArrows}>
        <ol key={wanted} aria-label={`Equations after ${phase.phase}`} className="w-max min-w-full">
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
