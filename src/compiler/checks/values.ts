/** What is wrong with a drawing because of the numbers its values can be. */
import { type Diagnostic, diagnostic, type Evidence, type Fix } from '../diagnostics.ts';
import type { NodeId } from '../document.ts';
import type { Equation, Value } from '../ir.ts';
import type { Program } from '../phases/2-infer.ts';
import { analyzeBounds, type Bounds, type BoundsAnalysis } from './bounds.ts';
import { definitionsOf, inputOf } from './program.ts';

function printBounds({ lo, hi }: Bounds): string {
  const print = (bound: number) => String(Number(bound.toPrecision(6)));
  if (lo === hi) return print(lo);
  if (lo === Number.NEGATIVE_INFINITY) return `at most ${print(hi)}`;
  return hi === Number.POSITIVE_INFINITY ? `at least ${print(lo)}` : `${print(lo)} … ${print(hi)}`;
}

/** Values that are infinite or not a number whatever the data. */
export function checkFinite(program: Program, { of, troubles }: BoundsAnalysis): Diagnostic[] {
  return troubles.flatMap(({ equation, what, input }) => {
    const node = equation.origin === null ? undefined : program.nodes.get(equation.origin);
    const value = equation.inputs[input];
    const wired = node?.inputs[input];
    if (!node || !value || !wired?.source) return [];
    const name = program.nodes.get(wired.source.node)?.name ?? wired.source.node;
    const target = { node: node.id, port: wired.port };
    const insert = (label: string, op: string, attributes = {}): Fix => ({
      label,
      safety: 'maybe',
      edits: [{ kind: 'insert-on-wire', target, op, attributes }],
    });
    const { lo, hi } = of(value);
    const turned = hi <= 0 && lo < 0 ? [insert(`Negate ${name}`, 'Neg')] : [];
    const kept = lo <= 0 && node.record.name === 'Log' ? [insert(`Keep ${name} above 0`, 'Clip', { min: 1e-7 })] : [];
    return diagnostic(
      'value/not-finite',
      { node: node.id, port: wired.port },
      {
        severity: 'warning',
        title: `${node.name} is ${what}, whatever the data`,
        cause: 'The result is infinite or not a number, and so is all that is computed from it.',
        evidence: [{ label: wired.port, text: `${name} is ${printBounds(of(value))}`, node: wired.source.node }],
        fixes: [...turned, ...kept],
      },
    );
  });
}

/** A cost, the input that it is wired to, and the way it goes. */
interface Descent {
  readonly cost: Value;
  readonly target: { readonly node: NodeId; readonly port: string };
  readonly uphill?: Equation;
}

/** Follows the factors of a step `lr * gradient` back to the Grad that made it. */
function gradientBehind(step: Value | null | undefined, definitions: ReadonlyMap<Value, Equation>): Equation | null {
  const waiting = new Set([step]);
  for (const value of waiting) {
    const eq = value ? definitions.get(value) : undefined;
    if (eq?.op === 'Grad') return eq;
    if (eq && ['Mul', 'Div', 'Identity', 'Clip'].includes(eq.op)) {
      for (const input of eq.op === 'Div' ? eq.inputs.slice(0, 1) : eq.inputs) waiting.add(input);
    }
  }
  return null;
}

/** What is minimized: the costs of optimizers, and those of updates drawn as parameter minus step. */
function descents(program: Program, definitions: ReadonlyMap<Value, Equation>): Descent[] {
  const found: Descent[] = program.optimizers.map(({ node, cost }) => ({
    cost,
    target: { node: node.id, port: 'cost' },
  }));
  for (const { node, value } of program.updates) {
    const eq = definitions.get(value);
    const own = program.parameters.find((parameter) => parameter.node.id === node.id)?.value;
    if (!eq || (eq.op !== 'Sub' && eq.op !== 'Add') || eq.inputs[0] !== own) continue;
    const grad = gradientBehind(eq.inputs[1], definitions);
    const cost = grad?.inputs[0];
    if (!grad?.origin || !cost) continue;
    found.push({ cost, target: { node: grad.origin, port: 'cost' }, uphill: eq.op === 'Add' ? eq : undefined });
  }
  return found;
}

/** From the cost back to where it became negative. */
function trail(cost: Value, definitions: ReadonlyMap<Value, Equation>, { of }: BoundsAnalysis): Equation[] {
  const equations: Equation[] = [];
  for (let eq = definitions.get(cost); eq; ) {
    equations.push(eq);
    const next = eq.inputs.find((input) => input !== null && of(input).hi <= 0 && definitions.has(input));
    eq = next ? definitions.get(next) : undefined;
  }
  return equations;
}

/** Costs that have no smallest value, so that minimizing them leads nowhere. */
export function checkCostSign(program: Program, bounds: BoundsAnalysis): Diagnostic[] {
  const definitions = definitionsOf(program);
  const told = new Set<Value>();
  return descents(program, definitions).flatMap(({ cost, target, uphill }) => {
    if (told.has(cost)) return [];
    told.add(cost);
    const { lo, hi } = bounds.of(cost);
    const name = inputOf(program, target)?.name ?? 'the cost';
    if (uphill) {
      const node = uphill.origin === null ? undefined : program.nodes.get(uphill.origin);
      if (!node || lo < 0 || hi !== Number.POSITIVE_INFINITY) return [];
      return diagnostic(
        'cost/sign',
        { node: node.id },
        {
          severity: 'warning',
          title: `${node.name} adds the gradient of ${name}: ${name} grows with every step`,
          cause: 'The gradient points uphill. Subtract the step to go downhill.',
          fixes: [
            { label: 'Subtract it', safety: 'maybe', edits: [{ kind: 'set-operator', node: node.id, op: 'Sub' }] },
          ],
        },
      );
    }
    const way = trail(cost, definitions, bounds);
    const logarithm = way.find(({ op }) => op === 'Log' || op === 'LogSoftmax');
    if (hi > 0 || lo === hi || (lo !== Number.NEGATIVE_INFINITY && !logarithm)) return [];
    const [last] = way.slice(-1);
    const evidence = [...new Set([last, logarithm])].flatMap((eq): Evidence[] => {
      const node = eq?.origin == null ? undefined : program.nodes.get(eq.origin);
      const value = eq?.outputs[0];
      return node && value ? [{ label: node.name, text: `is ${printBounds(bounds.of(value))}`, node: node.id }] : [];
    });
    return diagnostic('cost/sign', target, {
      severity: 'warning',
      title: `${name} is never above ${hi}: a minus is missing`,
      cause: logarithm
        ? 'Minimizing this makes the right answers less probable: negate it.'
        : 'Minimizing this makes it ever smaller, without end: negate it.',
      evidence,
      fixes: [
        {
          label: `Negate ${name}`,
          safety: 'maybe',
          edits: [{ kind: 'insert-on-wire', target, op: 'Neg', attributes: {} }],
        },
      ],
    });
  });
}

export function checkValues(program: Program): Diagnostic[] {
  const bounds = analyzeBounds(program);
  return [...checkFinite(program, bounds), ...checkCostSign(program, bounds)];
}
