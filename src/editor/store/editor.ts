/** The editor of the page. */
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from './create-editor.ts';

export const editor = createEditor({
  registry,
  check,
  storage: typeof localStorage === 'undefined' ? null : localStorage,
});
