import { CornerRightDown, PanelLeftClose, Search, Trash2 } from 'lucide-react';
import { memo, type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { ModuleId } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import type { OpRecord } from '../../compiler/op.ts';
import { editModule } from '../commands/module-settings.ts';
import { placeOperator, removeModule } from '../commands/modules.ts';
import { searchRecords, usePaletteModules } from '../modules/palette-modules.ts';
import { editor } from '../store/editor.ts';
import { IconButton, Key, Tip } from '../widgets/Button.tsx';
import { focusItem, moveByArrows } from '../widgets/roving.ts';
import { setDragged } from './dragged.ts';
import { OperatorHelp } from './OperatorHelp.tsx';
import { byCategory } from './search.ts';

/** The type under which a dragged operator's name travels. */
export const OPERATOR_DRAG_TYPE = 'application/x-wiregrad-op';

interface PaletteProps {
  /** After a click placed a node; the sheet of small windows closes then. */
  readonly onPlaced?: () => void;
  readonly onClose?: () => void;
}

/** All operators by category, with a search over names and aliases. Click places, drag places where it drops. */
export function Palette({ onPlaced, onClose }: PaletteProps) {
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const modules = usePaletteModules();
  const found = useMemo(() => searchRecords(editor.registry, modules, query), [modules, query]);
  const groups = useMemo(() => byCategory(editor.registry.values()), []);

  const place = useCallback(
    (record: OpRecord) => {
      void placeOperator.run(editor, { op: record.name });
      onPlaced?.();
    },
    [onPlaced],
  );

  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center gap-1 p-2">
        <div className="relative flex-1">
          <Search size={14} aria-hidden="true" className="absolute top-2 left-2 text-faint" />
          <input
            type="search"
            aria-label="Search operators"
            placeholder="Search"
            className="field pr-11! pl-7! [&::-webkit-search-cancel-button]:hidden"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              const best = found[0];
              if (event.key === 'Enter' && best && query !== '') place(best.record);
              if (event.key === 'ArrowDown') focusItem(list.current, 0);
              if (event.key === 'Escape') setQuery('');
            }}
          />
          {query === '' && (
            <span aria-hidden="true" className="absolute top-1 right-1.5 max-wide:hidden">
              <Key>Tab</Key>
            </span>
          )}
        </div>
        {onClose && (
          <IconButton label="Hide operators" onClick={onClose}>
            <PanelLeftClose size={16} />
          </IconButton>
        )}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the buttons inside */}
      <div ref={list} className="scroll-thin min-h-0 flex-1 overflow-y-auto px-2 pb-3" onKeyDown={moveByArrows}>
        {query === ''
          ? [
              <Group key="Modules" title="Modules">
                {modules.map(({ record, own, removable }, at) => (
                  <div key={record.name} className="group/module relative">
                    <Item record={record} onPlace={place} first={at === 0} />
                    {own !== null && (
                      <span className="absolute top-0.5 right-0.5 flex">
                        <Edit title={operatorTitle(record, record.name)} module={own} onDone={onPlaced} />
                        {removable && <Remove title={operatorTitle(record, record.name)} module={own} />}
                      </span>
                    )}
                  </div>
                ))}
              </Group>,
              ...groups.map(([category, records]) => (
                <Group key={category} title={category}>
                  {records.map((record) => (
                    <Item key={record.name} record={record} onPlace={place} first={false} />
                  ))}
                </Group>
              )),
            ]
          : found.map(({ record, alias }, at) => (
              <Item key={record.name} record={record} alias={alias} onPlace={place} first={at === 0} />
            ))}
        {found.length === 0 && <p className="px-2 py-3 text-muted">No operator is called “{query}”.</p>}
      </div>
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="pb-2">
      <h2 className="label-caps px-2 pt-1 pb-0.5">{title}</h2>
      {children}
    </section>
  );
}

const SMALL = 'grid size-6 place-items-center rounded-md text-faint hover:bg-panel hover:text-ink max-wide:size-8';

interface EditProps {
  readonly title: string;
  readonly module: ModuleId;
  readonly onDone: (() => void) | undefined;
}

function Edit({ title, module, onDone }: EditProps) {
  return (
    <button
      type="button"
      data-item
      tabIndex={-1}
      aria-label={`Edit the module ${title}`}
      title="Enter the module; changes concern all its instances"
      className={SMALL}
      onClick={() => {
        void editModule.run(editor, { module });
        onDone?.();
      }}
    >
      <CornerRightDown size={13} aria-hidden="true" />
    </button>
  );
}

/** Only what has no instances can be removed. */
function Remove({ title, module }: { readonly title: string; readonly module: ModuleId }) {
  return (
    <button
      type="button"
      data-item
      tabIndex={-1}
      aria-label={`Remove the module ${title}`}
      title="Remove from the document: nothing uses it"
      className={SMALL}
      onClick={() => void removeModule.run(editor, { module })}
    >
      <Trash2 size={13} aria-hidden="true" />
    </button>
  );
}

interface ItemProps {
  readonly record: OpRecord;
  readonly alias?: string | null;
  readonly first: boolean;
  readonly onPlace: (record: OpRecord) => void;
}

const Item = memo(function Item({ record, alias, first, onPlace }: ItemProps) {
  return (
    <Tip side="right" text={<OperatorHelp record={record} />}>
      <button
        type="button"
        draggable
        data-item
        data-op={record.name}
        tabIndex={first ? 0 : -1}
        className="flex min-h-7 w-full items-center gap-2 rounded-md px-2 text-left transition-colors hover:bg-panel-2 max-wide:min-h-9"
        onClick={() => onPlace(record)}
        onDragStart={(event) => {
          event.dataTransfer.setData(OPERATOR_DRAG_TYPE, record.name);
          event.dataTransfer.effectAllowed = 'copy';
          setDragged(record.name);
        }}
        onDragEnd={() => setDragged(null)}
      >
        <span aria-hidden="true" className="w-5 shrink-0 text-center font-serif text-muted">
          {record.glyph}
        </span>
        <span className="min-w-0">
          <span className="block truncate">{operatorTitle(record, record.name)}</span>
          {alias && <span className="block truncate pb-1 text-faint text-sm leading-4">{alias}</span>}
        </span>
      </button>
    </Tip>
  );
});
