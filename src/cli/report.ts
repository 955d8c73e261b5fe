import type { Diagnostic } from '../compiler/diagnostics.ts';
import type { GraphDocument } from '../compiler/document.ts';

/** Results go to standard output, messages to standard error. */
export const output = (text: string): void => void process.stdout.write(`${text}\n`);
export const message = (text: string): void => void process.stderr.write(`${text}\n`);

export const json = (value: unknown): void => output(JSON.stringify(value));

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/** A diagnostic as lines: severity, title and code, then the cause and the evidence. */
export function diagnosticText({ severity, title, code, cause, evidence }: Diagnostic): string {
  const lines = [`${severity}: ${title} [${code}]`, `  ${cause}`];
  for (const { label, text } of evidence) lines.push(`  ${label}: ${text}`);
  return lines.join('\n');
}

/** The same for programs: the node by its name as well. */
export function diagnosticJson(
  { code, severity, title, cause, place, evidence }: Diagnostic,
  document: GraphDocument | null,
) {
  const name = place.node === undefined ? undefined : document?.graph.nodes[place.node]?.name;
  return { code, severity, title, cause, place: { ...place, ...(name !== undefined && { name }) }, evidence };
}

/** Tells what was found on standard error, or all of it as one JSON object on standard output. */
export function tellDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const found of diagnostics) message(diagnosticText(found));
}
