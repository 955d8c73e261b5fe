/** Every lesson begins unsolved, and every checkpoint is passed by its own answer and not before. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check, compile, compileProbe } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { parseDocument } from '../../compiler/document-parse.ts';
import { registry } from '../../nodes/registry.ts';
import type { RunResult, State } from '../../runtime/protocol.ts';
import { TelemetryHub } from '../../runtime/telemetry-hub.ts';
import { Trainer } from '../../runtime/worker/trainer.ts';
import { Facts, type Training } from './facts.ts';
import { judge } from './judge.ts';
import { CHAPTERS, type Checkpoint, type Deed, type Lesson } from './lesson.ts';
import { lessons } from './lessons.ts';
import { solution } from './solution.ts';
import { partsOf } from './text.ts';

const files = readdirSync('examples/course');
const fileOf = (id: string, ending: string) => files.find((file) => new RegExp(`^\\d+-${id}${ending}$`).test(file));

function startOf(id: string): GraphDocument {
  const { document } = parseDocument(readFileSync(`examples/course/${fileOf(id, '\\.json')}`, 'utf8'));
  if (!document) throw new Error(`${id} has no drawing`);
  return document;
}

const errorsOf = (document: GraphDocument) =>
  check(document, registry).diagnostics.filter(({ severity }) => severity === 'error');

let trainer: Trainer;
let hub: TelemetryHub;
let epoch = 0;

beforeEach(() => {
  hub = new TelemetryHub();
  trainer = new Trainer({
    emit(event, data) {
      if (event === 'losses') hub.takeLosses(data as never);
      if (event === 'status') epoch = (data as { epoch: number }).epoch;
    },
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
});

afterEach(() => trainer.close());

let kept: State = {};

async function perform(deed: Deed): Promise<RunResult | null> {
  if (deed === 'train') return trainer.run(null);
  if (typeof deed === 'number') return trainer.step(deed);
  if (deed === 'reset') await trainer.reset();
  else if (deed === 'keep') kept = await trainer.readState();
  else await trainer.loadState(kept);
  return null;
}

/** What the page would know of a drawing after so many steps more. */
async function factsOf(document: GraphDocument, { deeds = [] }: Pick<Checkpoint, 'deeds'> = {}): Promise<Facts> {
  const checked = check(document, registry);
  const { plan } = compile(document, registry);
  const probe = plan && compileProbe(document, registry, Object.keys(document.graph.nodes));
  const blank: Training = {
    step: 0,
    epoch: 0,
    running: false,
    finished: false,
    loss: null,
    learningRate: null,
    metrics: {},
  };
  if (!plan) return new Facts({ document, check: checked, registry, values: null, training: blank });
  await trainer.load(plan, { backend: 'wasm', keep: true });
  let run: RunResult | null = null;
  for (const deed of deeds) run = (await perform(deed)) ?? run;
  const evaluation = plan.graphs.wasm.evaluate.length > 0 ? await trainer.evaluate('validation') : null;
  hub.expect(probe);
  if (probe) hub.takeFrame(await trainer.probe(probe));
  const training = {
    ...blank,
    step: trainer.status.step,
    epoch,
    finished: run?.why === 'epochs' || run?.why === 'early',
    loss: run?.loss ?? hub.training.last?.y ?? null,
    learningRate: hub.learningRate.last?.y ?? null,
    metrics: evaluation?.metrics ?? {},
  };
  return new Facts({ document, check: checked, registry, values: probe ? hub : null, training });
}

test('lessons have files of their own, in their order', () => {
  const named = (ending: string) => files.filter((file) => file.endsWith(ending)).sort();
  const expected = (ending: string) => lessons.map(({ id }, at) => `${String(at + 1).padStart(2, '0')}-${id}${ending}`);
  expect(named('.json')).toEqual(expected('.json'));
  expect(named('.md')).toEqual(expected('.md'));
  const chapters = lessons.map(({ chapter }) => CHAPTERS.indexOf(chapter));
  expect(chapters).toEqual(chapters.toSorted((a, b) => a - b));
});

describe.each(lessons.map((lesson) => [lesson.id, lesson] as const))('%s', (id, lesson: Lesson) => {
  const ids = lesson.checkpoints.map((checkpoint) => checkpoint.id);

  test('its text has each checkpoint once, in order, and the title', () => {
    const text = readFileSync(`examples/course/${fileOf(id, '\\.md')}`, 'utf8');
    expect(text.startsWith(`# ${lesson.title}\n`)).toBe(true);
    expect(partsOf(text).flatMap((part) => ('checkpoint' in part ? [part.checkpoint] : []))).toEqual(ids);
  });

  test('its drawing is sound', () => {
    const start = startOf(id);
    expect(start.name).toBe(id);
    expect(errorsOf(start).map(({ code }) => code)).toEqual(lesson.errors ?? []);
    for (const node of Object.keys(start.graph.nodes)) expect(start.layout.nodes, node).toHaveProperty(node);
  });

  test('each answer passes its checkpoint and no other', async () => {
    const start = startOf(id);
    const passed: string[] = [];
    let facts = await factsOf(start);
    for (const [at, checkpoint] of lesson.checkpoints.entries()) {
      const before = judge(lesson, passed, facts);
      expect(before.done, `before the answer to ${checkpoint.id}`).toEqual([]);
      expect(before.hint).toMatch(/^[A-Z“‘a-z0-9].{10,}[.!?]$/s);
      facts = await factsOf(solution(start, lesson, at), checkpoint);
      const after = judge(lesson, passed, facts);
      expect(after.done, `${checkpoint.id}: ${after.hint}`).toEqual([checkpoint.id]);
      passed.push(checkpoint.id);
    }
  });
});
