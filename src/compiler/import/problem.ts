import { type Diagnostic, type DiagnosticCode, diagnostic, type Severity } from '../diagnostics.ts';

/** Ends the reading of a model, or of one of its nodes, with what is wrong. Never leaves `importModel`. */
export class OnnxProblem extends Error {
  readonly code: DiagnosticCode;
  readonly cause_: string | undefined;
  constructor(code: DiagnosticCode, title: string, cause?: string) {
    super(title);
    this.code = code;
    this.cause_ = cause;
  }
}

/** A diagnostic whose title begins with the place in the model. */
export function reported(
  { code, message, cause_ }: OnnxProblem,
  where: string,
  severity: Severity = 'error',
): Diagnostic {
  return diagnostic(
    code,
    {},
    {
      severity,
      title: where ? `${where}: ${message}` : message,
      ...(cause_ !== undefined && { cause: cause_ }),
    },
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what names must not contain
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A name of the model as a message can show it. */
export function quoted(name: string): string {
  const plain = Array.from(name, (letter) =>
    CONTROL.test(letter) ? `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}` : letter,
  ).join('');
  return `“${plain.length > 80 ? `${plain.slice(0, 77)}…` : plain}”`;
}

export function hasControl(name: string): boolean {
  return CONTROL.test(name);
}
