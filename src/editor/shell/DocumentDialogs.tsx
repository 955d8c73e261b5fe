import { DataDialog } from '../data/DataDialog.tsx';
import { WeightsDialog } from '../weights/WeightsDialog.tsx';
import { DrawingsDialog } from './DrawingsDialog.tsx';
import { DropTarget } from './DropTarget.tsx';
import { HistoryDialog } from './HistoryDialog.tsx';
import { PictureDialog } from './PictureDialog.tsx';
import { ShareDialog } from './ShareDialog.tsx';

/** The dialogs about drawings as wholes, and files dropped on the window. */
export function DocumentDialogs() {
  return (
    <>
      <DrawingsDialog />
      <HistoryDialog />
      <ShareDialog />
      <PictureDialog />
      <WeightsDialog />
      <DataDialog />
      <DropTarget />
    </>
  );
}
