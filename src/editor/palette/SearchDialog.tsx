import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { type CSSProperties, useMemo, useState } from 'react';
import { operatorTitle } from '../../compiler/modules.ts';
import { portKey } from '../../compiler/result.ts';
import { printType } from '../../compiler/types.ts';
import { commands } from '../commands/all.ts';
import { fittingOperators, placeFitting } from '../commands/insert.ts';
import type { Fit } from '../fitting/fitting.ts';
import { searchRecords, usePaletteModules } from '../modules/palette-modules.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import type { Point } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
import { Button, Key } from '../widgets/Button.tsx';
import { leaveFocus, useDialogFocus } from '../widgets/focus-dialog.ts';
import { NoItem } from '../widgets/NoItem.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { searchCommands } from './search.ts';

/** Search for an operator by keyboard; Enter places it where the search was opened. */
export function SearchDialog() {
  const open = useUi((state) => state.dialog === 'search');
  const at = useUi((state) => state.searchAt);
  const focus = useDialogFocus(leaveFocus);
  const narrow = useNarrow();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && dismiss()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="rise fixed inset-x-2 top-[min(14vh,120px)] z-40 mx-auto max-w-md overflow-hidden rounded-xl border border-line bg-panel shadow-float"
          style={open && at && !narrow ? besidePoint(editor.view.toPage(at)) : undefined}
        >
          <Dialog.Title className="sr-only">Add an operator</Dialog.Title>
          <OperatorSearch />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const WIDTH = 448;
const HEIGHT = 440;

/** Where the operator will be, as far as the window has room. */
function besidePoint({ x, y }: Point): CSSProperties {
  const most = (size: number, window: number) => Math.max(8, window - size - 8);
  const left = Math.min(Math.max(8, x - WIDTH / 4), most(WIDTH, innerWidth));
  const top = Math.min(Math.max(8, y - 22), most(HEIGHT, innerHeight));
  return { left, top, right: 'auto', width: WIDTH, margin: 0 };
}

/** What the search was opened for: the type of the value that the operator is to take, give, or let through. */
function purpose(): string {
  const { check, document } = editor.document.getState();
  const { connecting } = editor.ui.getState();
  const { inserting } = editor.canvas.getState();
  const wire = document.graph.edges[inserting ?? ''];
  const source = wire ? wire.source : connecting?.side === 'source' ? connecting : null;
  const type = source && check.types.get(portKey(source.node, source.port));
  if (type) return printType(type);
  const name = document.graph.nodes[connecting?.node ?? '']?.name;
  return name ? `${name}.${connecting?.port}` : 'the wire';
}

function OperatorSearch() {
  const [query, setQuery] = useState('');
  const [fitting] = useState(() => fittingOperators(editor));
  const [isAll, setIsAll] = useState(false);
  const at = useUi((state) => state.searchAt);
  const modules = usePaletteModules();
  const found = useMemo(() => {
    const all = searchRecords(editor.registry, modules, query);
    // What modules take shows once they are wired.
    return fitting && !isAll ? all.filter(({ record }) => fitting.has(record.name) || record.kind === 'module') : all;
  }, [modules, query, fitting, isAll]);
  const doing = useMemo(() => searchCommands(commands, query).filter((command) => command.enabled(editor)), [query]);
  return (
    <Command label="Add an operator" shouldFilter={false} loop>
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder="Name in ONNX, Theano, NumPy or PyTorch"
        className="h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
      />
      {fitting && (
        <div className="flex items-center justify-between gap-2 border-b px-4 py-1 text-sm">
          <span className="min-w-0 truncate text-muted">
            {isAll ? (
              'All operators'
            ) : (
              <>
                Fits <span className="font-mono">{purpose()}</span>
              </>
            )}
          </span>
          <Button kind="quiet" aria-pressed={isAll} onClick={() => setIsAll(!isAll)}>
            {isAll ? 'Only what fits' : 'Show all'}
          </Button>
        </div>
      )}
      <Command.List className="scroll-thin max-h-[min(50vh,384px)] overflow-y-auto p-1">
        <NoItem>Nothing is called “{query}”.</NoItem>
        {found.map(({ record, alias }) => (
          <Command.Item
            key={record.name}
            value={record.name}
            onSelect={() => {
              close();
              void placeFitting.run(editor, { op: record.name, at, fit: fitting?.get(record.name) });
            }}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
          >
            <span aria-hidden="true" className="w-5 shrink-0 text-center font-serif text-muted">
              {record.glyph}
            </span>
            <span className="shrink-0 font-medium">{operatorTitle(record, record.name)}</span>
            {alias && <span className="min-w-0 truncate text-faint">{alias}</span>}
            <span className="min-w-0 flex-1 basis-24 truncate text-muted text-sm max-wide:hidden">
              {record.doc.summary}
            </span>
            <span className="ml-auto shrink-0 text-faint text-sm">
              {fitting && !isAll ? portsOfFit(fitting.get(record.name)) || record.category : record.category}
            </span>
          </Command.Item>
        ))}
        {doing.map((command) => (
          <Command.Item
            key={command.id}
            value={command.id}
            onSelect={() => {
              dismiss();
              void command.run(editor);
            }}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 data-[selected=true]:bg-panel-2"
          >
            <span aria-hidden="true" className="w-5 shrink-0 text-center text-muted">
              ›
            </span>
            <span className="min-w-0 truncate font-medium">{command.label}</span>
            {shortcutOf(command) && <Key>{shortcutOf(command)}</Key>}
            <span className="ml-auto shrink-0 text-faint text-sm">Command</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}

/** The ports that will be wired. */
function portsOfFit(fit: Fit | undefined): string {
  return [fit?.input, fit?.output].filter(Boolean).join(' → ');
}

/** Nothing was chosen: a wire that was to end there is given up too. */
function dismiss() {
  close();
  editor.canvas.set({ inserting: null });
  editor.ui.set({ connecting: null });
}

function close() {
  editor.ui.set({ dialog: null, searchAt: null });
}
