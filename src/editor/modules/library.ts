/** Modules that come with the editor; adding one copies it into the document. */
import type { ModuleDefinition, Places } from '../../compiler/document.ts';

export interface LibraryModule {
  /** The id that the definition gets where that is free. */
  readonly name: string;
  readonly definition: Omit<ModuleDefinition, 'id'>;
  readonly places: Places;
}

export const moduleLibrary: readonly LibraryModule[] = [];
