import { Copy, CornerRightDown, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import type { ModuleDefinition, NodeId } from '../../compiler/document.ts';
import { definitionOf } from '../../compiler/modules.ts';
import { enterModule, makeModuleUnique, renameModule, unpackModule } from '../commands/modules.ts';
import { instanceCount } from '../modules/edits.ts';
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
    <Section title="Module" aside={count === 1 ? '1 instance' : `${count} instances`}>
      <NameField key={definition.name} definition={definition} />
      {isSelected && (
        <div className="mt-2 flex flex-wrap gap-1.5">
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
      {count > 1 && <p className="mt-1.5 text-faint text-sm">Changes inside concern all {count} instances.</p>}
    </Section>
  );
}

function NameField({ definition }: { readonly definition: ModuleDefinition }) {
  const [text, setText] = useState(definition.name);
  return (
    <label className="flex items-center gap-2">
      <span className="text-muted">Name</span>
      <input
        className="field flex-1"
        aria-label="Name of the module"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (text.trim() === '') setText(definition.name);
          else void renameModule.run(editor, { module: definition.id, name: text });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setText(definition.name);
        }}
      />
    </label>
  );
}
