import { Bookmark } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { useStore } from 'zustand/react';
import { goToViews, removeView, renameView, saveViews, VIEW_KEYS } from '../commands/saved-views.ts';
import { editor } from '../store/editor.ts';
import { IconButton } from '../widgets/Button.tsx';
import { ITEM, Menu, MenuItem, MenuLabel, MenuLine } from '../widgets/Menu.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';

/** The saved views of the document by their names; the next free digit takes what is seen now. */
export function ViewsMenu() {
  const views = useStore(editor.whole, (state) => state.document.layout.views);
  const [editing, setEditing] = useState(false);
  const used = VIEW_KEYS.filter((key) => views?.[key]);
  const free = VIEW_KEYS.find((key) => !views?.[key]);
  const save = saveViews.find(({ id }) => id === `view.save-${free}`);
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" aria-label="Saved views" title="Saved views" onClick={() => setEditing(false)}>
          <Bookmark size={14} />
        </button>
      }
    >
      <MenuLabel>Saved views</MenuLabel>
      {used.length === 0 && (
        <p className="px-2 pb-1 text-muted text-sm">Save what you see, and come back by its digit.</p>
      )}
      {used.map((key) =>
        editing ? (
          <EditedView key={key} view={key} name={views?.[key]?.name ?? ''} />
        ) : (
          <MenuItem
            key={key}
            shortcut={shortcutOf(goToViews[VIEW_KEYS.indexOf(key)] ?? { id: '' })}
            onSelect={() => void goToViews[VIEW_KEYS.indexOf(key)]?.run(editor)}
          >
            {views?.[key]?.name}
          </MenuItem>
        ),
      )}
      <MenuLine />
      {save && (
        <MenuItem shortcut={shortcutOf(save)} onSelect={() => void save.run(editor)}>
          Save this view
        </MenuItem>
      )}
      {used.length > 0 && (
        <DropdownMenu.Item
          className={ITEM}
          onSelect={(event) => {
            // The menu stays for the names.
            event.preventDefault();
            setEditing(!editing);
          }}
        >
          <span className="pl-6">{editing ? 'Done' : 'Rename or remove…'}</span>
        </DropdownMenu.Item>
      )}
    </Menu>
  );
}

function EditedView({ view, name }: { readonly view: string; readonly name: string }) {
  return (
    <div className="flex items-center gap-1 px-2 py-0.5">
      <input
        className="field min-w-0 flex-1"
        aria-label={`Name of view ${view}`}
        defaultValue={name}
        onBlur={(event) => void renameView.run(editor, { view, name: event.target.value })}
        onKeyDown={(event) => {
          // The menu would take letters for a search among its entries.
          if (event.key !== 'Escape' && event.key !== 'Tab') event.stopPropagation();
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      <IconButton label={`Remove view ${view}`} onClick={() => void removeView.run(editor, { view })}>
        ×
      </IconButton>
    </div>
  );
}
