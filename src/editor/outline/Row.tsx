// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one, which those of tables are not
// biome-ignore-all lint/a11y/useFocusableInteractive: in some cells a control has the keyboard
import { ChevronRight } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { NodeId } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import { printType } from '../../compiler/types.ts';
import { StatusMark } from '../canvas/StatusMark.tsx';
import { editor } from '../store/editor.ts';
import { gradientName } from '../store/gradient-names.ts';
import { wiresOf } from '../store/graph-index.ts';
import {
  useBlocked,
  useDiagnosticsOf,
  useDocumentState,
  useNode,
  useOutputPorts,
  usePortType,
  useRecord,
} from '../store/hooks.ts';
import { NameField } from '../widgets/NameField.tsx';
import { LiveCell } from './LiveCell.tsx';
import { gradientText, valueText } from './live-text.ts';
import { RowMenu } from './RowMenu.tsx';
import type { NodeRow, OutlineRow, PortRow } from './rows.ts';
import { COLUMNS, toggleSelected } from './use-tree.ts';

interface RowProps {
  readonly row: OutlineRow;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly tree: boolean;
  readonly selected: boolean;
  /** The cell with the Tab stop; -1 is the row itself; null: it is in another row. */
  readonly active: number | null;
  readonly renaming: boolean;
  readonly onFocus: (key: string, column: number) => void;
  readonly onToggle: (node: NodeId, open: boolean) => void;
  readonly onRename: (node: NodeId) => void;
  readonly onRenamed: (node: NodeId, name: string | null) => void;
  readonly onInspect: (node: NodeId) => void;
  readonly onSelect: (event: MouseEvent) => void;
}

type Column = (typeof COLUMNS)[number];

export function Row(props: RowProps) {
  const { row, index, top, height, tree, selected, active, onFocus, onSelect, onInspect } = props;
  const isPort = row.kind === 'port';
  const place = active === -1 ? 'here' : undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of its rows
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={tree ? (isPort ? 2 : 1) : undefined}
      aria-posinset={tree && isPort ? row.position : undefined}
      aria-setsize={tree && isPort ? row.count : undefined}
      aria-expanded={row.kind === 'node' ? row.expanded : undefined}
      aria-selected={isPort ? undefined : selected}
      tabIndex={active === -1 ? 0 : -1}
      data-place={place}
      data-node={row.node}
      data-port={isPort ? row.port : undefined}
      className="outline-row"
      style={{ position: 'absolute', top, height, left: 0, right: 0 }}
      onFocus={(event) => {
        if (event.target === event.currentTarget) onFocus(row.key, -1);
      }}
      onMouseDown={(event) => {
        const target = event.target as Element;
        // Events of the row's menu come here too, though the menu is elsewhere on the page.
        if (!event.currentTarget.contains(target) || target.closest('button, input')) return;
        // The row as a whole takes the keyboard, not the cell that happens to be there.
        event.preventDefault();
        event.currentTarget.focus({ preventScroll: true });
      }}
      onClick={(event) => {
        if (!(event.target as Element).closest('button, input, [role="menu"]')) onSelect(event);
      }}
      onDoubleClick={(event) => {
        if (!(event.target as Element).closest('button, input')) onInspect(row.node);
      }}
    >
      {row.kind === 'node' ? <NodeCells {...props} row={row} /> : <PortCells {...props} row={row} />}
    </div>
  );
}

interface CellProps extends Pick<RowProps, 'active' | 'onFocus'> {
  readonly rowKey: string;
  readonly column: Column;
  readonly children?: React.ReactNode;
}

/** A cell that the keyboard can come to; where it has a control, that has the keyboard instead. */
function Cell({ rowKey, column, active, onFocus, children }: CellProps) {
  const at = COLUMNS.indexOf(column);
  const isHere = active === at;
  return (
    <div
      role="gridcell"
      aria-colindex={at + 1}
      tabIndex={isHere ? 0 : -1}
      data-place={isHere ? 'here' : undefined}
      className={`outline-cell outline-${column}`}
      onFocus={(event) => {
        event.stopPropagation();
        if (event.target === event.currentTarget) onFocus(rowKey, at);
      }}
    >
      {children}
    </div>
  );
}

const NodeCells = memo(function NodeCells({
  row,
  selected,
  active,
  renaming,
  tree,
  narrow,
  onFocus,
  onToggle,
  onRename,
  onRenamed,
  onInspect,
}: RowProps & { readonly row: NodeRow }) {
  const id = row.node;
  const node = useNode(id);
  const record = useRecord(id);
  const [output] = useOutputPorts(id);
  const type = usePortType(id, output ?? '');
  const problems = useDiagnosticsOf(id);
  const blocked = useBlocked(id);
  const sources = useDocumentState(
    useShallow(({ document: { graph } }) =>
      wiresOf(graph.edges, id).incoming.map((edge) => graph.nodes[edge.source.node]?.name ?? ''),
    ),
  );
  if (!node) return null;
  const [worst] = problems;
  const cell = { rowKey: row.key, active, onFocus };
  const isNote = record?.kind === 'note';
  return (
    <>
      <WidgetCell column="select">
        <input
          type="checkbox"
          aria-label={`Select ${node.name}`}
          tabIndex={active === 0 ? 0 : -1}
          data-place={active === 0 ? 'here' : undefined}
          checked={selected}
          onChange={() => toggleSelected(id)}
          onFocus={() => onFocus(row.key, 0)}
        />
      </WidgetCell>
      <Cell {...cell} column="name">
        {tree && (
          <span className="flex size-6 shrink-0 items-center justify-center">
            {row.expanded !== undefined && (
              <button
                type="button"
                tabIndex={-1}
                aria-label={`Ports of ${node.name}`}
                aria-expanded={row.expanded}
                className="flex size-6 items-center justify-center rounded-md text-muted hover:bg-panel-2"
                onClick={() => onToggle(id, !row.expanded)}
              >
                <ChevronRight size={14} className={row.expanded ? 'rotate-90' : ''} />
              </button>
            )}
          </span>
        )}
        {renaming ? (
          <NameField
            className="field min-w-0"
            onKey={(field) => field.closest<HTMLElement>('[role="row"]')?.focus({ preventScroll: true })}
            name={node.name}
            onEnd={(name) => onRenamed(id, name)}
          />
        ) : (
          <span className="truncate font-medium" title={node.name}>
            {node.name}
          </span>
        )}
        {(worst || blocked) && (
          <>
            <StatusMark severity={worst?.severity ?? null} blocked={blocked} title={worst?.title} />
            <span className="sr-only">
              {worst
                ? problems.map(({ severity, title }) => `${severity}: ${title}`).join('. ')
                : 'waits for an error further up'}
            </span>
          </>
        )}
      </Cell>
      <Cell {...cell} column="operator">
        <span className="truncate">{operatorTitle(record, node.op)}</span>
      </Cell>
      <Cell {...cell} column="type">
        <span className="truncate font-mono text-sm" title={type ? printType(type) : undefined}>
          {type ? printType(type) : ''}
        </span>
      </Cell>
      <Cell {...cell} column="inputs">
        <span className="truncate" title={sources.join(', ')}>
          {sources.join(', ')}
        </span>
      </Cell>
      <Cell {...cell} column="value">
        {!isNote && output !== undefined && <LiveCell read={() => valueText(id)} />}
      </Cell>
      <Cell {...cell} column="gradient">
        {!isNote && output !== undefined && <LiveCell read={() => gradientText(id)} />}
      </Cell>
      <WidgetCell column="actions">
        <RowMenu
          node={id}
          name={node.name}
          here={active === COLUMNS.length - 1}
          narrow={narrow}
          onFocus={() => onFocus(row.key, COLUMNS.length - 1)}
          onInspect={() => onInspect(id)}
          onRename={() => onRename(id)}
        />
      </WidgetCell>
    </>
  );
});

/** A cell whose control has the keyboard. */
function WidgetCell({ column, children }: { readonly column: Column; readonly children: React.ReactNode }) {
  return (
    <div
      role="gridcell"
      aria-colindex={COLUMNS.indexOf(column) + 1}
      className={`outline-cell outline-${column}`}
      onFocus={(event) => event.stopPropagation()}
    >
      {children}
    </div>
  );
}

function PortCells({ row, active, narrow, onFocus, onInspect, onRename }: RowProps & { readonly row: PortRow }) {
  const { node, port, side } = row;
  const owner = useNode(node)?.name ?? '';
  const ends = useDocumentState(
    useShallow(({ document: { graph } }) =>
      row.wires.flatMap((id) => {
        const edge = graph.edges[id];
        const end = side === 'target' ? edge?.source : edge?.target;
        return end ? [`${graph.nodes[end.node]?.name}.${end.port}`] : [];
      }),
    ),
  );
  const type = useDocumentState((state) => {
    const { graph } = state.document;
    const source = side === 'source' ? row : graph.edges[row.wires[0] ?? '']?.source;
    const found = source && state.check.types.get(`${source.node}.${source.port}`);
    return found ? printType(found) : '';
  });
  const gradient = useDocumentState(({ document: { graph } }) =>
    side === 'source' ? gradientName(graph, editor.registry, { node, port }) : null,
  );
  const cell = { rowKey: row.key, active, onFocus };
  return (
    <>
      <Cell {...cell} column="select" />
      <Cell {...cell} column="name">
        <span className={`truncate pl-9 ${side === 'source' ? 'text-forward' : 'text-muted'}`}>
          <span aria-hidden="true">{side === 'source' ? '→ ' : '← '}</span>
          {gradient ?? port}
        </span>
      </Cell>
      <Cell {...cell} column="operator">
        <span className="text-muted">{side === 'source' ? 'output' : 'input'}</span>
      </Cell>
      <Cell {...cell} column="type">
        <span className="truncate font-mono text-sm">{type}</span>
      </Cell>
      <Cell {...cell} column="inputs">
        <span className="truncate" title={ends.join(', ')}>
          {ends.length > 0 ? `${side === 'source' ? 'to' : 'from'} ${ends.join(', ')}` : 'no wire'}
        </span>
      </Cell>
      <Cell {...cell} column="value">
        {side === 'source' && <LiveCell read={() => valueText(node, port)} />}
      </Cell>
      <Cell {...cell} column="gradient" />
      <WidgetCell column="actions">
        <RowMenu
          node={node}
          name={`${owner}.${port}`}
          port={row}
          here={active === COLUMNS.length - 1}
          narrow={narrow}
          onFocus={() => onFocus(row.key, COLUMNS.length - 1)}
          onInspect={() => onInspect(node)}
          onRename={() => onRename(node)}
        />
      </WidgetCell>
    </>
  );
}
