import type { OpRecord } from '../../compiler/op.ts';
import { gradientNote } from '../inspector/gradient-note.ts';
import { Formula } from '../widgets/Formula.tsx';

/** What an operator does, in a few lines. */
export function OperatorHelp({ record }: { readonly record: OpRecord }) {
  const note = gradientNote(record);
  return (
    <div className="flex flex-col gap-1 p-1">
      <p className="font-semibold">{record.name}</p>
      <p className="text-muted">{record.doc.summary}</p>
      {record.doc.formula && <Formula tex={record.doc.formula} className="text-forward" />}
      {record.doc.gradient && <Formula tex={record.doc.gradient} className="text-backward" />}
      {note && <p className="text-muted">{note}</p>}
      {record.doc.notes && <p className="text-muted">{record.doc.notes}</p>}
      {record.aliases && record.aliases.length > 0 && (
        <p className="text-faint">Also called {record.aliases.join(', ')}</p>
      )}
    </div>
  );
}
