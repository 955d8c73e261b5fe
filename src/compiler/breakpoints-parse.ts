import type { Breakpoint } from './document.ts';
import { finite, flag, malformed, object, text } from './document-json.ts';
import { BREAKPOINT_KINDS } from './plan.ts';

/** Throws where it is malformed. */
export function parseBreakpoint(value: unknown, path: string): Breakpoint {
  const { when: given, at, path: sheet, limit, disabled } = object(value, path);
  const when = BREAKPOINT_KINDS.find((kind) => kind === given);
  if (!when) malformed(`${path}.when`, BREAKPOINT_KINDS.join(' or '), given);
  if (sheet !== undefined && !Array.isArray(sheet)) malformed(`${path}.path`, 'a list', sheet);
  const { node, port } = at === undefined ? {} : object(at, `${path}.at`);
  return {
    when,
    ...(at !== undefined && { at: { node: text(node, `${path}.at.node`), port: text(port, `${path}.at.port`) } }),
    ...(sheet !== undefined && { path: (sheet as unknown[]).map((id, at) => text(id, `${path}.path[${at}]`)) }),
    ...(limit !== undefined && { limit: finite(limit, `${path}.limit`) }),
    ...(flag(disabled, `${path}.disabled`) && { disabled: true }),
  };
}
