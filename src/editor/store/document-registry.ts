/** The operators of an open document: those of the language, and its modules by `module:<id>`. */
import type { GraphDocument } from '../../compiler/document.ts';
import { moduleIdOf, recordOf } from '../../compiler/modules.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';

/** Looks up modules in the document as it is when asked; goes through the operators of the language alone. */
class DocumentRegistry extends Map<string, OpRecord> {
  readonly #document: () => GraphDocument;
  readonly #language: Registry;

  constructor(language: Registry, document: () => GraphDocument) {
    super(language);
    this.#language = language;
    this.#document = document;
  }

  override get(op: string): OpRecord | undefined {
    return moduleIdOf(op) === null ? super.get(op) : recordOf(this.#document().graph.modules, this.#language, op);
  }

  override has(op: string): boolean {
    return this.get(op) !== undefined;
  }
}

export function documentRegistry(language: Registry, document: () => GraphDocument): Registry {
  return new DocumentRegistry(language, document);
}
