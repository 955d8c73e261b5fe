import { useEffect, useState } from 'react';
import { droppedInputs } from '../data/chosen-files.ts';
import { takeData } from '../data/commands.ts';
import { openDropped } from '../share/drop.ts';
import { editor } from '../store/editor.ts';

/** Opens files that are dropped anywhere on the window, and shows that it would. */
export function DropTarget() {
  const isOver = useFilesOver();
  if (!isOver) return null;
  return (
    <div className="fade pointer-events-none fixed inset-0 z-50 grid place-items-center bg-scrim p-4">
      <p className="rounded-xl border-2 border-ink border-dashed bg-panel px-8 py-6 font-medium text-lg shadow-float">
        Drop a drawing or a model to open it, data to add it, or weights to load them
      </p>
    </div>
  );
}

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

function useFilesOver(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Each element that the pointer enters is entered before the last one is left.
    let depth = 0;
    const show = (next: number) => {
      depth = Math.max(0, next);
      setOver(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => hasFiles(event) && show(depth + 1),
      dragleave: (event: DragEvent) => hasFiles(event) && show(depth - 1),
      // Else the browser would leave the page for the file.
      dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      drop(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        show(0);
        if (!event.dataTransfer) return;
        const { files } = event.dataTransfer;
        void droppedInputs(event.dataTransfer).then((inputs) => {
          if (!takeData(editor, inputs)) void openDropped(editor, [...files]);
        });
      },
    };
    const entries = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listener] of entries) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener);
    };
  }, []);
  return isOver;
}
