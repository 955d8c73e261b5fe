/** Keeps the identity of what a new check left as it was, so that selectors can compare by `===`. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { CheckResult } from '../../compiler/result.ts';
import { sameType, type TensorType } from '../../compiler/types.ts';

function reconcileTypes(before: CheckResult['types'], after: CheckResult['types']): CheckResult['types'] {
  const result = new Map<string, TensorType>();
  for (const [key, type] of after) {
    const old = before.get(key);
    result.set(key, old && sameType(old, type) && old.bound === type.bound ? old : type);
  }
  return result;
}

function reconcileDiagnostics(before: readonly Diagnostic[], after: readonly Diagnostic[]): readonly Diagnostic[] {
  const old = new Map(before.map((item) => [JSON.stringify(item), item]));
  return after.map((item) => old.get(JSON.stringify(item)) ?? item);
}

export function reconcileCheck(before: CheckResult, after: CheckResult): CheckResult {
  return {
    ...after,
    types: reconcileTypes(before.types, after.types),
    diagnostics: reconcileDiagnostics(before.diagnostics, after.diagnostics),
  };
}
