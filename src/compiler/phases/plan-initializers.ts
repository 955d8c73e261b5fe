/** How the parameters of a program begin: their fans by what reads them, and whose generator goes on in whose. */
import { type Diagnostic, diagnostic } from '../diagnostics.ts';
import type { NodeId } from '../document.ts';
import type { Fans } from '../op.ts';
import type { Draws, Initializer } from '../plan.ts';
import { didYouMean, nearest } from '../spelling.ts';
import type { ResolvedNode } from './1-resolve.ts';
import type { Program } from './2-infer.ts';

type Parameter = Program['parameters'][number];

const sizes = ({ value }: Parameter) => value.type.shape as readonly number[];
const predecessorOf = ({ record, attributes }: ResolvedNode): string | null => record.drawsAfter?.(attributes) ?? null;

/** Matrices are [in, out]; of three axes on they are filters [M, C, ...size]. */
function usualFans(shape: readonly number[]): Fans {
  const [first = 1, second = 1, ...size] = shape;
  if (shape.length < 2) return { in: first, out: first };
  if (shape.length === 2) return { in: first, out: second };
  const positions = size.reduce((product, dim) => product * dim, 1);
  return { in: second * positions, out: first * positions };
}

/** As the first operator that reads the parameter, and knows better than usual, takes its shape. */
export function fansOf(program: Program, parameter: Parameter): Fans {
  const { id } = parameter.node;
  for (const { record, attributes, inputs } of program.nodes.values()) {
    const at = inputs.findIndex(({ source }) => source?.node === id);
    const fans = at < 0 ? null : record.fans?.(at, sizes(parameter), attributes);
    if (fans) return fans;
  }
  return usualFans(sizes(parameter));
}

function drawsOf(initializer: Initializer, count: number): Draws | null {
  switch (initializer.kind) {
    case 'uniform':
      return { law: 'uniform', count };
    case 'normal':
    case 'orthogonal':
      return { law: 'normal', count };
    case 'constant':
    case 'identity':
    case 'values':
      return null;
  }
}

/** Draws of one law in a row are written as one. */
function append(draws: readonly Draws[], next: Draws | null): readonly Draws[] {
  const last = draws.at(-1);
  if (!next) return draws;
  if (last?.law !== next.law) return [...draws, next];
  return [...draws.slice(0, -1), { law: next.law, count: last.count + next.count }];
}

/** The initializer of every parameter, by node. Parameters without a seed of their own take theirs from `seed`. */
export function planInitializers(program: Program, seed: number): ReadonlyMap<NodeId, Initializer> {
  const byName = new Map(program.parameters.map((parameter) => [parameter.node.name, parameter]));
  const planned = new Map<NodeId, Initializer>();

  const plan = (parameter: Parameter): Initializer => {
    const { node } = parameter;
    const known = planned.get(node.id);
    if (known) return known;
    const own = seed * 1000 + program.parameters.indexOf(parameter);
    const initializer = node.record.initializer?.(node.attributes, own, fansOf(program, parameter));
    if (!initializer) throw new Error(`${node.record.name} has no initializer`);
    // Before the others, so that a circle, which is an error, ends.
    planned.set(node.id, initializer);
    const before = byName.get(predecessorOf(node) ?? '');
    const result = before && 'seed' in initializer ? follow(initializer, before) : initializer;
    planned.set(node.id, result);
    return result;
  };

  const follow = (initializer: Extract<Initializer, { seed: number }>, before: Parameter): Initializer => {
    const first = plan(before);
    if (!('seed' in first)) return initializer;
    const count = sizes(before).reduce((product, size) => product * size, 1);
    return { ...initializer, seed: first.seed, before: append(first.before ?? [], drawsOf(first, count)) };
  };

  for (const parameter of program.parameters) plan(parameter);
  return planned;
}

/** Names in `after` that are no parameters with a generator, and circles of such names. */
export function checkGenerators(program: Program): Diagnostic[] {
  const nodes = new Map(program.parameters.map(({ node }) => [node.name, node]));
  const draws = (node: ResolvedNode) => {
    const initializer = node.record.initializer?.(node.attributes, 0, { in: 1, out: 1 });
    return initializer !== undefined && 'seed' in initializer;
  };
  return [...nodes.values()].flatMap((node) => {
    const name = predecessorOf(node);
    if (name === null) return [];
    const before = nodes.get(name);
    const problem = !before
      ? `there is no parameter “${name}”`
      : !draws(before)
        ? `${name} draws no random numbers`
        : comesBack(node, nodes)
          ? 'the generator would have to follow itself'
          : null;
    if (problem === null) return [];
    const others = [...nodes.values()].filter((other) => other !== node && draws(other)).map((other) => other.name);
    const meant = before ? null : nearest(name, others);
    const value = meant ?? '';
    return diagnostic(
      'attribute/invalid',
      { node: node.id, attribute: 'after' },
      {
        title: `${node.name}: ${problem}${didYouMean(meant)}`,
        cause: 'after names a parameter with random values, whose generator goes on here.',
        fixes: [
          {
            label: meant === null ? 'Use a generator of its own' : `Go on after ${meant}`,
            safety: 'maybe',
            edits: [{ kind: 'set-attribute', node: node.id, attribute: 'after', value }],
          },
        ],
      },
    );
  });
}

function comesBack(start: ResolvedNode, nodes: ReadonlyMap<string, ResolvedNode>): boolean {
  const seen = new Set<ResolvedNode>();
  let at: ResolvedNode | undefined = start;
  while (at && !seen.has(at)) {
    seen.add(at);
    at = nodes.get(predecessorOf(at) ?? '');
  }
  return at === start;
}
