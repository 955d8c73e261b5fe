import { type Diagnostic, type DiagnosticCode, diagnostic } from '../diagnostics.ts';

interface Note {
  readonly code: DiagnosticCode;
  readonly severity: 'notice' | 'warning';
  readonly title: (list: string, count: number) => string;
  readonly cause: string;
}

const NOTES: Readonly<Record<string, Note>> = {
  float: {
    code: 'onnx/converted',
    severity: 'notice',
    title: (list) => `Inputs are computed as float32: ${list}`,
    cause: 'The language has one floating point type. Exported models cast at their border.',
  },
  integer: {
    code: 'onnx/converted',
    severity: 'notice',
    title: (list) => `Whole numbers become int32: ${list}`,
    cause: 'The whole numbers of the language have 32 bits, which is enough for labels and positions.',
  },
  weights: {
    code: 'onnx/converted',
    severity: 'notice',
    title: (list, count) => `${count === 1 ? 'A weight becomes' : `${count} weights become`} float32: ${list}`,
    cause: 'Values of float16 and bfloat16 are kept exactly; those of float64 are rounded.',
  },
  cast: {
    code: 'onnx/converted',
    severity: 'notice',
    title: (list) => `Casts to types that the language does not have: ${list}`,
    cause: 'Values are kept in the wider type, so nothing is rounded or wrapped around.',
  },
  foreign: {
    code: 'onnx/foreign',
    severity: 'warning',
    title: (list) => `Kept as they are, without a gradient: ${list}`,
    cause: 'They are exported again unchanged. A gradient that has to pass them is an error.',
  },
};

const SHOWN = 5;

/** One message a kind, with the first few it is about. */
export function notesOf(notes: ReadonlyMap<string, readonly string[]>): Diagnostic[] {
  return [...notes].flatMap(([kind, subjects]) => {
    const note = NOTES[kind];
    if (!note) return [];
    const more = subjects.length > SHOWN ? ` and ${subjects.length - SHOWN} more` : '';
    const list = `${subjects.slice(0, SHOWN).join(', ')}${more}`;
    return [
      diagnostic(
        note.code,
        {},
        { severity: note.severity, title: note.title(list, subjects.length), cause: note.cause },
      ),
    ];
  });
}
