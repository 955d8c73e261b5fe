/** A run of training that was kept to be compared with others: its settings, its curves, and how it ended. */
import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { completeAttributes, type Registry } from '../../compiler/op.ts';
import { LOOP_GROUPS, LOOP_SPECS, type LoopGroup } from '../../compiler/training-options.ts';
import { CHOICES, LABELS } from '../training/words.ts';

export interface RunPoints {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export type Settings = readonly (readonly [name: string, value: string])[];

export interface KeptRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly settings: Settings;
  readonly steps: number;
  /** Last losses on both splits, and the best of what was followed. */
  readonly training: number | null;
  readonly validation: number | null;
  readonly best: number | null;
  readonly curves: { readonly training: RunPoints; readonly validation: RunPoints };
  /** In the plots. */
  readonly shown: boolean;
}

/** What tells one run from another: the optimizers, and options of training that are not as by default. */
export function settingsOf(document: GraphDocument, registry: Registry, learningRate: number | null): Settings {
  const { training } = document.graph;
  const optimizers = Object.values(flatten(document, registry).document.graph.nodes).flatMap((node, at, all) => {
    const record = registry.get(node.op);
    if (record?.kind !== 'optimizer') return [];
    const { lr } = completeAttributes(record, node.attributes);
    const isFirst = all.findIndex(({ op }) => registry.get(op)?.kind === 'optimizer') === at;
    const own = Object.entries(node.attributes).filter(([name]) => name !== 'lr' && name !== 'parameters');
    return [
      [node.name, node.op] as const,
      [`lr of ${node.name}`, figure(isFirst ? (learningRate ?? Number(lr)) : Number(lr))] as const,
      ...own.map(([name, value]) => [`${name} of ${node.name}`, String(value)] as const),
    ];
  });
  const plain = Object.keys(LOOP_SPECS).flatMap((name) => {
    const value = training[name as keyof typeof LOOP_SPECS];
    return value === undefined ? [] : [[LABELS[name] ?? name, CHOICES[`${name}.${value}`] ?? value] as const];
  });
  const groups = Object.keys(LOOP_GROUPS).flatMap((group) =>
    Object.entries(training[group as LoopGroup] ?? {}).map(([name, value]) => {
      const key = `${group}.${name}`;
      return [LABELS[key] ?? name, CHOICES[`${key}.${value}`] ?? String(value)] as const;
    }),
  );
  return [
    ...optimizers,
    ['batch size', String(training.batchSize)],
    ['seed', String(training.seed)],
    ...(training.shuffle ? [] : [['shuffle', 'no'] as const]),
    ...plain,
    ...groups,
  ];
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Settings of each run that are not the same in all of them; none where there is one run. */
export function differences(runs: readonly Pick<KeptRun, 'id' | 'settings'>[]): ReadonlyMap<string, Settings> {
  const names = [...new Set(runs.flatMap(({ settings }) => settings.map(([name]) => name)))];
  const settingOf = ({ settings }: Pick<KeptRun, 'settings'>, name: string) =>
    settings.find(([known]) => known === name)?.[1];
  const differing = names.filter((name) => new Set(runs.map((run) => settingOf(run, name))).size > 1);
  return new Map(
    runs.map((run) => [run.id, differing.map((name) => [name, settingOf(run, name) ?? '–'] as const)] as const),
  );
}
