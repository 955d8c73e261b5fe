/** Lessons without the page: their drawings are compiled, trained and looked at on wasm in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { check, compile, compileProbe } from '../src/compiler/compile.ts';
import type { GraphDocument } from '../src/compiler/document.ts';
import { parseDocument } from '../src/compiler/document-parse.ts';
import { Facts, type Training } from '../src/editor/course/facts.ts';
import type { Checkpoint, Deed, Lesson } from '../src/editor/course/lesson.ts';
import { solution } from '../src/editor/course/solution.ts';
import { registry } from '../src/nodes/registry.ts';
import type { RunResult, State } from '../src/runtime/protocol.ts';
import { TelemetryHub } from '../src/runtime/telemetry-hub.ts';
import { Trainer } from '../src/runtime/worker/trainer.ts';

const FOLDER = 'examples/course';

export const lessonFiles: readonly string[] = readdirSync(FOLDER);

function fileOf(id: string, ending: string): string {
  const name = lessonFiles.find((file) => new RegExp(`^\\d+-${id}\\.${ending}$`).test(file));
  if (name === undefined) throw new Error(`${id} has no file .${ending}`);
  return readFileSync(`${FOLDER}/${name}`, 'utf8');
}

export const lessonText = (id: string): string => fileOf(id, 'md');

export function lessonDrawing(id: string): GraphDocument {
  const { document } = parseDocument(fileOf(id, 'json'));
  if (!document) throw new Error(`${id} has no drawing`);
  return document;
}

const UNTRAINED: Training = {
  step: 0,
  epoch: 0,
  running: false,
  finished: false,
  loss: null,
  learningRate: null,
  metrics: {},
};

export class LessonRunner {
  readonly #hub = new TelemetryHub();
  readonly #trainer: Trainer;
  #epoch = 0;
  #kept: State = {};

  constructor() {
    this.#trainer = new Trainer({
      emit: (event, data) => {
        if (event === 'losses') this.#hub.takeLosses(data as never);
        if (event === 'status') this.#epoch = (data as { epoch: number }).epoch;
      },
      readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
    });
  }

  close(): Promise<void> {
    return this.#trainer.close();
  }

  async #perform(deed: Deed): Promise<RunResult | null> {
    if (deed === 'train') return this.#trainer.run(null);
    if (typeof deed === 'number') return this.#trainer.step(deed);
    if (deed === 'reset') await this.#trainer.reset();
    else if (deed === 'keep') this.#kept = await this.#trainer.readState();
    else await this.#trainer.loadState(this.#kept);
    return null;
  }

  /** What the page would know after the answer to a checkpoint; trained values stay from one to the next. */
  async answer(lesson: Lesson, at: number): Promise<Facts> {
    return this.facts(solution(lessonDrawing(lesson.id), lesson, at), lesson.checkpoints[at]?.deeds);
  }

  async facts(document: GraphDocument, deeds: Checkpoint['deeds'] = []): Promise<Facts> {
    const checked = check(document, registry);
    const { plan } = compile(document, registry);
    if (!plan) return new Facts({ document, check: checked, registry, values: null, training: UNTRAINED });
    await this.#trainer.load(plan, { backend: 'wasm', keep: true });
    let run: RunResult | null = null;
    for (const deed of deeds) run = (await this.#perform(deed)) ?? run;
    const evaluation = plan.graphs.wasm.evaluate.length > 0 ? await this.#trainer.evaluate('validation') : null;
    const probe = compileProbe(document, registry, Object.keys(document.graph.nodes));
    this.#hub.expect(probe);
    if (probe) this.#hub.takeFrame(await this.#trainer.probe(probe));
    const training: Training = {
      step: this.#trainer.status.step,
      epoch: this.#epoch,
      running: false,
      finished: run?.why === 'epochs' || run?.why === 'early',
      loss: run?.loss ?? this.#hub.training.last?.y ?? null,
      learningRate: this.#hub.learningRate.last?.y ?? null,
      metrics: evaluation?.metrics ?? {},
    };
    return new Facts({ document, check: checked, registry, values: probe ? this.#hub : null, training });
  }
}
