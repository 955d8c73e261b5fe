import { diagnostic } from '../../compiler/diagnostics.ts';
import { isModelFile, openModel } from '../onnx/open-model.ts';
import { openBlob, reportProblems } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';
import { receiveWeights } from '../weights/commands.ts';

function refuse(editor: Editor, title: string, cause: string) {
  reportProblems(editor, 'document/', [diagnostic('document/foreign', {}, { title, cause })]);
  editor.ui.showTab('problems');
}

/** Opens the file that was dropped, or says why not; the open document then stays. */
export async function openDropped(editor: Editor, files: readonly File[]): Promise<boolean> {
  const [file, ...others] = files;
  if (!file) return false;
  if (others.length > 0) {
    refuse(editor, `${files.length} files were dropped`, 'Only one drawing is open at a time: drop a single file.');
    return false;
  }
  if (/\.safetensors$/i.test(file.name)) {
    receiveWeights(editor, file);
    return true;
  }
  if (isModelFile(file)) {
    editor.ui.set({ dialog: null });
    return openModel(editor, file);
  }
  if (!/\.json$/i.test(file.name) && file.type !== 'application/json') {
    const cause = 'Wiregrad opens drawings that were saved as .json files, and ONNX models.';
    refuse(editor, `“${file.name}” is not a Wiregrad drawing`, cause);
    return false;
  }
  editor.ui.set({ dialog: null });
  return openBlob(editor, file);
}
