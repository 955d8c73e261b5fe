/** Every command that needs no arguments: what menus, shortcuts and the palette offer, in their order. */
import { analysisCommands } from '../analysis/commands.ts';
import { breakAnywhere, switchBreakpoints, toggleBreakpoint } from '../breakpoints/commands.ts';
import { checkGradients } from '../check/commands.ts';
import { showCourse } from '../course/commands.ts';
import { addData } from '../data/commands.ts';
import { rewind } from '../diverged/commands.ts';
import { explainGradient } from '../explain/commands.ts';
import { helpOnOperator } from '../help/commands.ts';
import { openOnnxModel } from '../onnx/commands.ts';
import { showPictures } from '../pictures/viewer-store.ts';
import { openRegularize } from '../regularize/commands.ts';
import { deleteRuns, keepThisRun } from '../runs/commands.ts';
import { stepperCommands } from '../stepper/commands.ts';
import { openSweep, stopSweep } from '../sweep/commands.ts';
import { timelineCommands } from '../timeline/commands.ts';
import { takeTour } from '../tour/commands.ts';
import { restoreBest } from '../training/commands.ts';
import { clearWatches, pinWatch } from '../watch/commands.ts';
import { loadWeights, showWeights, takeBackWeights } from '../weights/commands.ts';
import { arranges } from './arrange.ts';
import { switchPointer, toggleMinimap, toggleSnapGrid, toggleSnapNodes } from './canvas-settings.ts';
import { copy, cut, duplicate, pasteCopy, pasteWired } from './clipboard.ts';
import type { Command } from './command.ts';
import { connectSelected } from './connect-list.ts';
import { showExport, showGallery } from './dialogs.ts';
import { savePicture, share, showDrawings, showHistory } from './drawings.ts';
import { expandNode } from './expand.ts';
import { createDocument, openFile, saveFile } from './files.ts';
import { closeFind, findNext, findPrevious, openFind, selectMatches } from './find.ts';
import { bypass, mute } from './flags.ts';
import { frameSelection } from './frames.ts';
import { redo, undo } from './history.ts';
import { detach, startInsert } from './insert.ts';
import { keepLearningRate } from './keep-rate.ts';
import { toggleRewrites } from './language.ts';
import { tidy } from './layout.ts';
import { openMenu } from './menu.ts';
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
import { goToViews, saveViews } from './saved-views.ts';
import { sayTraining } from './say.ts';
import { resetTraining, stepOnce, trainOrPause } from './train.ts';
import {
  fitSelection,
  fitView,
  inspect,
  openCommands,
  openSearch,
  selectAll,
  selectNothing,
  showShortcuts,
  toggleBackward,
  toggleCode,
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
  startInsert,
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
  mute,
  bypass,
  detach,
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
  ...arranges,
  frameSelection,
  ...nudges,
  openFind,
  findNext,
  findPrevious,
  selectMatches,
  closeFind,
  fitSelection,
  fitView,
  zoomIn,
  zoomOut,
  ...goToViews,
  ...saveViews,
  toggleMinimap,
  toggleSnapNodes,
  toggleSnapGrid,
  switchPointer,
  inspect,
  toggleForward,
  toggleBackward,
  toggleUpdate,
  toggleCode,
  toggleCompiler,
  toggleRewrites,
  toggleMotion,
  toggleOutline,
  showCanvas,
  showBoth,
  showOutline,
  nextPane,
  previousPane,
  explainGradient,
  showPictures,
  pinWatch,
  clearWatches,
  trainOrPause,
  stepOnce,
  resetTraining,
  keepLearningRate,
  restoreBest,
  keepThisRun,
  deleteRuns,
  openSweep,
  stopSweep,
  openRegularize,
  rewind,
  checkGradients,
  ...stepperCommands,
  ...timelineCommands,
  toggleBreakpoint,
  breakAnywhere,
  switchBreakpoints,
  ...analysisCommands,
  showWeights,
  loadWeights,
  takeBackWeights,
  sayTraining,
  createDocument,
  showDrawings,
  showHistory,
  openFile,
  openOnnxModel,
  saveFile,
  addData,
  showGallery,
  showExport,
  share,
  savePicture,
  openCommands,
  openMenu,
  helpOnOperator,
  takeTour,
  showCourse,
  showShortcuts,
];
