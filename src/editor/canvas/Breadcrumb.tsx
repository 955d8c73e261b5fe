import './breadcrumb.css';
import { ChevronRight, CornerLeftUp } from 'lucide-react';
import { Fragment } from 'react';
import { leaveModule, openSheet } from '../commands/modules.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useUi, useWhole } from '../store/hooks.ts';
import { definitionsAlong } from '../store/sheets.ts';

/** The instances one is inside of; each leads back to its sheet. */
export function Breadcrumb() {
  const path = useDocumentState((state) => state.path);
  const whole = useWhole((state) => state.document);
  const hasButton = useUi((state) => !state.panels.palette);
  if (path.length === 0) return null;
  const definitions = definitionsAlong(whole, path);
  const sheets = [whole.graph, ...definitions];
  const names = path.map((id, at) => sheets[at]?.nodes[id]?.name ?? definitions[at]?.name ?? id);
  const isUsed = (at: number) => sheets[at]?.nodes[path[at] ?? ''] !== undefined;
  return (
    <nav className="breadcrumb" aria-label="Modules" data-beside={hasButton || undefined}>
      <button
        type="button"
        className="breadcrumb-up"
        aria-label="Leave module"
        title="Leave module (Esc)"
        onClick={() => openSheet.run(editor, { path: path.slice(0, -1) })}
      >
        <CornerLeftUp size={14} aria-hidden="true" />
      </button>
      <ol>
        <li>
          <button type="button" onClick={() => openSheet.run(editor, { path: [] })}>
            {whole.name}
          </button>
        </li>
        {names.map((name, at) => (
          <Fragment key={path[at]}>
            <li aria-hidden="true">
              <ChevronRight size={14} />
            </li>
            <li>
              {at === names.length - 1 ? (
                <span aria-current="location" title={`The module ${definitions[at]?.name}`}>
                  {name}
                  <span className="breadcrumb-module">{isUsed(at) ? definitions[at]?.name : 'used nowhere yet'}</span>
                </span>
              ) : (
                <button type="button" onClick={() => openSheet.run(editor, { path: path.slice(0, at + 1) })}>
                  {name}
                </button>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
      <span className="sr-only" aria-live="polite">
        Inside {names.at(-1)}. {leaveModule.label}: Escape.
      </span>
    </nav>
  );
}
