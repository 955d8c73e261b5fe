import { X } from 'lucide-react';
import { useState } from 'react';
import type { ExposedAttribute, ModuleDefinition } from '../../compiler/document.ts';
import { describeModule, exposeAttribute, hideAttribute, renameExposed } from '../commands/module-settings.ts';
import { renameModule } from '../commands/modules.ts';
import { editor } from '../store/editor.ts';
import { IconButton } from '../widgets/Button.tsx';

/** What a module is called, says of itself, and lets instances set. */
export function ModuleForm({ definition }: { readonly definition: ModuleDefinition }) {
  const { id, name, description, nodes, exposed = [] } = definition;
  return (
    <div className="flex flex-col gap-2">
      <div className="grid grid-cols-[88px_minmax(0,1fr)] items-center gap-2">
        <span aria-hidden="true" className="text-muted">
          Name
        </span>
        <TextField
          key={name}
          label="Name of the module"
          text={name}
          onCommit={(text) => void renameModule.run(editor, { module: id, name: text })}
        />
      </div>
      <Description key={description} definition={definition} />
      <h3 className="mt-1 text-muted">Attributes of instances</h3>
      {exposed.length === 0 && (
        <p className="text-faint text-sm">None yet. What is exposed here, each instance may set for itself.</p>
      )}
      <ul className="flex flex-col gap-1">
        {exposed.map((item) => (
          <Exposed
            key={item.as}
            module={id}
            item={item}
            of={`${nodes[item.node]?.name ?? item.node}.${item.attribute}`}
          />
        ))}
      </ul>
      <Expose definition={definition} />
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onCommit: (text: string) => void;
}

/** Empty text is taken back. */
function TextField({ label, text: given, onCommit }: TextFieldProps) {
  const [text, setText] = useState(given);
  return (
    <input
      className="field min-w-0 flex-1"
      aria-label={label}
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (text.trim() === '') setText(given);
        else if (text !== given) onCommit(text);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(given);
      }}
    />
  );
}

function Description({ definition: { id, description } }: { readonly definition: ModuleDefinition }) {
  const [text, setText] = useState(description);
  return (
    <div className="grid grid-cols-[88px_minmax(0,1fr)] items-start gap-2">
      <span aria-hidden="true" className="pt-1 text-muted">
        Description
      </span>
      <textarea
        className="field h-auto! min-h-14 resize-y py-1"
        aria-label="Description of the module"
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (text !== description) void describeModule.run(editor, { module: id, description: text });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.blur();
          if (event.key === 'Escape') setText(description);
        }}
      />
    </div>
  );
}

interface ExposedProps {
  readonly module: string;
  readonly item: ExposedAttribute;
  /** The node and the attribute it is of. */
  readonly of: string;
}

function Exposed({ module, item: { as }, of }: ExposedProps) {
  return (
    <li className="flex items-center gap-1.5">
      <TextField
        label={`What instances call ${of}`}
        text={as}
        onCommit={(name) => void renameExposed.run(editor, { module, as, name })}
      />
      <span className="min-w-0 flex-1 truncate font-mono text-faint text-sm" title={of}>
        {of}
      </span>
      <IconButton
        label={`Hide ${as}`}
        className="size-6!"
        onClick={() => void hideAttribute.run(editor, { module, as })}
      >
        <X size={13} />
      </IconButton>
    </li>
  );
}

/** All attributes of the nodes inside that instances cannot set yet. */
function Expose({ definition }: { readonly definition: ModuleDefinition }) {
  const { id, nodes, exposed = [] } = definition;
  const groups = Object.values(nodes).flatMap((node) => {
    const record = editor.registry.get(node.op);
    if (!record || record.kind === 'port' || record.kind === 'note') return [];
    const isExposed = (attribute: string) =>
      exposed.some((item) => item.node === node.id && item.attribute === attribute);
    const attributes = Object.keys(record.attributes).filter((attribute) => !isExposed(attribute));
    return attributes.length > 0 ? [{ node, attributes }] : [];
  });
  if (groups.length === 0) return null;
  return (
    <select
      className="field"
      aria-label="Expose an attribute of a node inside"
      value=""
      onChange={(event) => {
        const [node = '', attribute = ''] = JSON.parse(event.target.value);
        void exposeAttribute.run(editor, { module: id, node, attribute });
      }}
    >
      <option value="" disabled>
        Expose an attribute…
      </option>
      {groups.map(({ node, attributes }) => (
        <optgroup key={node.id} label={node.name}>
          {attributes.map((attribute) => (
            <option key={attribute} value={JSON.stringify([node.id, attribute])}>
              {node.name}.{attribute}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
