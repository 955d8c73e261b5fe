import type { OpRecord, PortSpec } from '../../compiler/op.ts';
import { gradientNote } from '../inspector/gradient-note.ts';
import { Formula } from '../widgets/Formula.tsx';
import { LiveExample } from './LiveExample.tsx';

/** All that the record of an operator says. */
export function HelpArticle({ record }: { readonly record: OpRecord }) {
  const { name, doc, category, aliases = [], inputs, outputs, attributes, examples, glyph } = record;
  const note = gradientNote(record);
  const runs = (record.kind ?? 'operator') === 'operator';
  return (
    <article aria-labelledby="help-name" className="flex flex-col gap-4">
      <header>
        <h3 id="help-name" className="font-semibold text-xl">
          <span aria-hidden="true" className="mr-2 font-serif text-muted">
            {glyph}
          </span>
          {name} <span className="font-normal text-base text-faint">{category}</span>
        </h3>
        <p className="text-muted">{doc.summary}</p>
        {aliases.length > 0 && <p className="text-faint text-sm">Also called {aliases.join(', ')}</p>}
      </header>
      {doc.formula && <Formula tex={doc.formula} className="text-forward text-lg" />}
      {(doc.gradient || note) && (
        <Part title="Gradient">
          {doc.gradient && <Formula tex={doc.gradient} className="text-backward text-lg" />}
          {note && <p className="text-muted">{note}</p>}
        </Part>
      )}
      {doc.notes && (
        <Part title="Notes">
          <p className="text-muted">{doc.notes}</p>
        </Part>
      )}
      {runs && examples.length > 0 && (
        <Part title={examples.length > 1 ? 'Examples' : 'Example'}>
          <div className="flex flex-col gap-2">
            {examples.map((example, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a record's examples do not move
              <LiveExample key={`${name}-${at}`} record={record} example={example} />
            ))}
          </div>
        </Part>
      )}
      <Ports title="Inputs" ports={inputs} />
      <Ports title="Outputs" ports={outputs} />
      {Object.keys(attributes).length > 0 && (
        <Part title="Attributes">
          <dl className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-3 gap-y-1">
            {Object.entries(attributes).map(([key, { doc: text, default: value, choices, min, max }]) => (
              <div key={key} className="contents">
                <dt className="font-mono text-sm">{key}</dt>
                <dd className="text-muted">
                  {text}
                  <span className="text-faint">
                    {' '}
                    {choices ? `One of ${choices.join(', ')}. ` : ''}
                    {min !== undefined ? `From ${min}. ` : ''}
                    {max !== undefined ? `Up to ${max}. ` : ''}
                    Default {JSON.stringify(value)}.
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
    </article>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <h4 className="mb-1 font-medium">{title}</h4>
      {children}
    </section>
  );
}

function Ports({ title, ports }: { readonly title: string; readonly ports: readonly PortSpec[] }) {
  if (ports.length === 0) return null;
  return (
    <Part title={title}>
      <dl className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-3 gap-y-1">
        {ports.map(({ name, doc, optional, variadic, dtypes }) => (
          <div key={name} className="contents">
            <dt className="font-mono text-sm">{name}</dt>
            <dd className="text-muted">
              {doc}
              <span className="text-faint">
                {optional ? ' May be left out.' : ''}
                {variadic ? ' Any number of wires.' : ''}
                {dtypes ? ` ${dtypes.join(' or ')}.` : ''}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}
