/** Every command that needs no arguments: what menus, shortcuts and the palette offer, in their order. */
import { copy, cut, duplicate, pasteCopy, pasteWired } from './clipboard.ts';
import type { Command } from './command.ts';
import { connectSelected } from './connect-list.ts';
import { savePicture, share, showDrawings, showHistory } from './drawings.ts';
import { expandNode } from './expand.ts';
import { createDocument, openFile, saveFile } from './files.ts';
import { redo, undo } from './history.ts';
import { toggleRewrites } from './language.ts';
import { tidy } from './layout.ts';
import {
  addModuleInput,
  addModuleOutput,
  enterModule,
  leaveModule,
  makeModule,
  makeModuleUnique,
  unpackModule,
} from './modules.ts';
import { deleteSelection, nudges, startRename } from './nodes.ts';
import { showBoth, showCanvas, showOutline, toggleOutline } from './outline.ts';
import { nextPane, previousPane } from './panes.ts';
import { nextPort, previousPort } from './port-focus.ts';
import { sayTraining } from './say.ts';
import { resetTraining, stepOnce, trainOrPause } from './train.ts';
import {
  fitSelection,
  fitView,
  inspect,
  openSearch,
  selectAll,
  selectNothing,
  showShortcuts,
  toggleBackward,
  toggleCompiler,
  toggleForward,
  toggleMotion,
  toggleUpdate,
  walks,
  zoomIn,
  zoomOut,
} from './view.ts';
import { connectFrom } from './wires.ts';

export const commands: readonly Command[] = [
  openSearch,
  connectSelected,
  connectFrom,
  nextPort,
  previousPort,
  undo,
  redo,
  cut,
  copy,
  pasteCopy,
  pasteWired,
  duplicate,
  deleteSelection,
  startRename,
  expandNode,
  makeModule,
  unpackModule,
  makeModuleUnique,
  enterModule,
  leaveModule,
  addModuleInput,
  addModuleOutput,
  selectAll,
  selectNothing,
  ...walks,
  tidy,
  ...nudges,
  fitSelection,
  fitView,
  zoomIn,
  zoomOut,
  inspect,
  toggleForward,
  toggleBackward,
  toggleUpdate,
  toggleCompiler,
  toggleRewrites,
  toggleMotion,
  toggleOutline,
  showCanvas,
  showBoth,
  showOutline,
  nextPane,
  previousPane,
  trainOrPause,
  stepOnce,
  resetTraining,
  sayTraining,
  createDocument,
  showDrawings,
  showHistory,
  openFile,
  saveFile,
  share,
  savePicture,
  showShortcuts,
];
