import {
  Binary,
  Download,
  FilePlus2,
  Files,
  FolderOpen,
  History,
  ImageDown,
  LayoutGrid,
  Save,
  Share2,
  Ungroup,
} from 'lucide-react';
import { savePicture, share, showDrawings, showHistory } from '../commands/drawings.ts';
import { expandNode } from '../commands/expand.ts';
import { createDocument, openFile, saveFile } from '../commands/files.ts';
import { toggleCompiler } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { MenuCommand, MenuItem, MenuLine } from '../widgets/Menu.tsx';

export function FileMenuItems() {
  return (
    <>
      <MenuCommand command={createDocument} icon={<FilePlus2 size={14} />} />
      <MenuCommand command={showDrawings} icon={<Files size={14} />} />
      <MenuItem icon={<LayoutGrid size={14} />} onSelect={() => editor.ui.set({ dialog: 'gallery' })}>
        Gallery…
      </MenuItem>
      <MenuCommand command={showHistory} icon={<History size={14} />} />
      <MenuLine />
      <MenuCommand command={openFile} icon={<FolderOpen size={14} />} />
      <MenuCommand command={saveFile} icon={<Save size={14} />} />
      <MenuCommand command={share} icon={<Share2 size={14} />} />
      <MenuCommand command={savePicture} icon={<ImageDown size={14} />} />
      <MenuItem icon={<Download size={14} />} onSelect={() => editor.ui.set({ dialog: 'export' })}>
        Export…
      </MenuItem>
      <MenuLine />
      <MenuCommand command={expandNode} icon={<Ungroup size={14} />} />
      <MenuCommand command={toggleCompiler} icon={<Binary size={14} />} />
    </>
  );
}
