import { ChevronRight, Copy, CornerRightDown, PackageOpen } from 'lucide-react';
import type { NodeId } from '../../compiler/document.ts';
import { definitionOf } from '../../compiler/modules.ts';
import { enterModule, makeModuleUnique, unpackModule } from '../commands/modules.ts';
import { instanceCount } from '../modules/edits.ts';
import { ModuleForm } from '../modules/ModuleForm.tsx';
import { editor } from '../store/editor.ts';
import { useDocumentState, useNode, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { Section } from './Section.tsx';

/** Of an instance: the module it is of, and what can be done with it. */
export function ModuleSection({ id }: { readonly id: NodeId }) {
  const op = useNode(id)?.op ?? '';
  const definition = useWhole((state) => definitionOf(state.document.graph.modules, op));
  const count = useWhole((state) => (definition ? instanceCount(state.document, definition.id) : 0));
  const isSelected = useDocumentState(() => enterModule.enabled(editor));
  if (!definition) return null;
  return (
    <Section title={definition.name} aside={count === 1 ? '1 instance' : `${count} instances`}>
      {isSelected && (
        <div className="flex flex-wrap gap-1.5">
          <Button title={`Shortcut: ${shortcutOf(enterModule)}`} onClick={() => void enterModule.run(editor)}>
            <CornerRightDown size={14} aria-hidden="true" />
            Enter
          </Button>
          <Button title={`Shortcut: ${shortcutOf(unpackModule)}`} onClick={() => void unpackModule.run(editor)}>
            <PackageOpen size={14} aria-hidden="true" />
            Unpack
          </Button>
          {count > 1 && (
            <Button
              title="Copies the module, so that changes inside concern this instance alone"
              onClick={() => void makeModuleUnique.run(editor)}
            >
              <Copy size={14} aria-hidden="true" />
              Make unique
            </Button>
          )}
        </div>
      )}
      {definition.description && <p className="mt-2 text-muted">{definition.description}</p>}
      {count > 1 && <p className="mt-1.5 text-faint text-sm">Changes inside concern all {count} instances.</p>}
      <details className="group mt-2">
        <summary className="flex min-h-6 list-none items-center gap-1 text-muted hover:text-ink">
          <ChevronRight size={14} className="transition-transform group-open:rotate-90" />
          Name, description, attributes
        </summary>
        <div className="mt-1.5">
          <ModuleForm definition={definition} />
        </div>
      </details>
    </Section>
  );
}
