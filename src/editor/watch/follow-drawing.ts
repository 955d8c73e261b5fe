import { library } from '../persistence/library.ts';
import type { Editor } from '../store/create-editor.ts';
import { type WatchStore, watches } from './watch-store.ts';

const UNEDITED = 'example:';

/** Drawings are known by their id, examples that nobody has edited by their name. */
function drawingOf(editor: Editor): string {
  return library.getState().open ?? UNEDITED + editor.whole.getState().document.name;
}

/** Keeps the pins those of the open drawing. */
export function followDrawing(editor: Editor, store: WatchStore = watches): void {
  let { opened } = editor.whole.getState();
  store.open(drawingOf(editor));
  const follow = () => {
    const now = editor.whole.getState().opened;
    const drawing = drawingOf(editor);
    // An example becomes a drawing with its first edit; anything else is another drawing.
    const isEdited = now === opened && store.getState().drawing?.startsWith(UNEDITED);
    if (isEdited) store.rename(drawing);
    else if (drawing !== store.getState().drawing || now !== opened) store.open(drawing);
    opened = now;
  };
  library.subscribe(follow);
  editor.whole.subscribe((state, previous) => {
    if (state.opened !== previous.opened || state.document.name !== previous.document.name) follow();
  });
}

/** Pinned values are looked at wherever they are on the open sheet. */
export function watchSight(editor: Editor, store: WatchStore = watches) {
  return {
    nodesInSight: () => {
      const path = JSON.stringify(editor.document.getState().path);
      return store.getState().pins.flatMap((pin) => (JSON.stringify(pin.path) === path ? [pin.node] : []));
    },
    onSight: (listener: () => void): (() => void) => store.subscribe(listener),
  };
}
