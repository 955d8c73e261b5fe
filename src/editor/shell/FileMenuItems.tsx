import {
  Binary,
  CircleHelp,
  Download,
  FilePlus2,
  Files,
  FolderOpen,
  Footprints,
  GraduationCap,
  History,
  ImageDown,
  LayoutGrid,
  ListChecks,
  Network,
  Save,
  Share2,
  Table,
  Ungroup,
  Weight,
} from 'lucide-react';
import { checkGradients } from '../check/commands.ts';
import { savePicture, share, showDrawings, showHistory } from '../commands/drawings.ts';
import { expandNode } from '../commands/expand.ts';
import { createDocument, openFile, saveFile } from '../commands/files.ts';
import { toggleCompiler } from '../commands/view.ts';
import { showCourse } from '../course/commands.ts';
import { addData } from '../data/commands.ts';
import { helpOnOperator } from '../help/commands.ts';
import { openOnnxModel } from '../onnx/commands.ts';
import { editor } from '../store/editor.ts';
import { takeTour } from '../tour/commands.ts';
import { showWeights } from '../weights/commands.ts';
import { MenuCommand, MenuItem, MenuLine } from '../widgets/Menu.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';

export function FileMenuItems() {
  return (
    <>
      <MenuCommand command={createDocument} icon={<FilePlus2 size={14} />} />
      <MenuCommand command={showDrawings} icon={<Files size={14} />} />
      <MenuItem icon={<LayoutGrid size={14} />} onSelect={() => editor.ui.set({ dialog: 'gallery' })}>
        Gallery…
      </MenuItem>
      <MenuCommand command={showHistory} icon={<History size={14} />} />
      <MenuCommand command={addData} icon={<Table size={14} />} />
      <MenuLine />
      <MenuCommand command={openFile} icon={<FolderOpen size={14} />} />
      <MenuCommand command={openOnnxModel} icon={<Network size={14} />} />
      <MenuCommand command={saveFile} icon={<Save size={14} />} />
      <MenuCommand command={share} icon={<Share2 size={14} />} />
      <MenuCommand command={savePicture} icon={<ImageDown size={14} />} />
      <MenuItem icon={<Download size={14} />} onSelect={() => editor.ui.set({ dialog: 'export' })}>
        Export…
      </MenuItem>
      <MenuCommand command={showWeights} icon={<Weight size={14} />} />
      <MenuLine />
      <MenuCommand command={expandNode} icon={<Ungroup size={14} />} />
      <MenuCommand command={toggleCompiler} icon={<Binary size={14} />} />
      <MenuCommand command={checkGradients} icon={<ListChecks size={14} />} />
      <MenuLine />
      <MenuItem
        icon={<CircleHelp size={14} />}
        shortcut={shortcutOf(helpOnOperator)}
        onSelect={() => void helpOnOperator.run(editor)}
      >
        Help on operators…
      </MenuItem>
      <MenuCommand command={takeTour} icon={<Footprints size={14} />} />
      <MenuCommand command={showCourse} icon={<GraduationCap size={14} />} />
    </>
  );
}
