/** Whole training runs on the wasm backend, compared with PyTorch's. Provenance of the values: fixtures/README.md. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compile } from '../compiler/compile.ts';
import type { AttributeValue, GraphDocument } from '../compiler/document.ts';
import { parseDocument } from '../compiler/document-parse.ts';
import { registry } from '../nodes/registry.ts';
import type { EventName, RuntimeEvents, State } from './protocol.ts';
import { Trainer } from './worker/trainer.ts';

const ROOT = new URL('../../', import.meta.url);

function json(path: string) {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
}

function example(name: string): GraphDocument {
  const { document } = parseDocument(readFileSync(new URL(`examples/${name}.json`, ROOT), 'utf8'));
  if (!document) throw new Error(`${name} does not parse`);
  return document;
}

/** The document with attributes of some nodes changed, and training in file order. */
function adjust(
  document: GraphDocument,
  changes: Record<string, Record<string, AttributeValue>>,
  batchSize: number,
): GraphDocument {
  const nodes = Object.fromEntries(
    Object.values(document.graph.nodes).map((node) => [
      node.id,
      { ...node, attributes: { ...node.attributes, ...changes[node.id] } },
    ]),
  );
  return {
    ...document,
    graph: { ...document.graph, nodes, training: { ...document.graph.training, batchSize, shuffle: false } },
  };
}

interface Run {
  readonly losses: number[];
  readonly state: State;
  readonly trainer: Trainer;
}

async function train(document: GraphDocument, steps: number, state: State = {}): Promise<Run> {
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map((found) => found.title).join('; '));
  const losses: number[] = [];
  const emit = <E extends EventName>(event: E, data: RuntimeEvents[E]): void => {
    if (event !== 'losses') return;
    const { from, losses: some } = data as RuntimeEvents['losses'];
    losses.splice(from, some.length, ...some);
  };
  const trainer = new Trainer({ emit, readFile: (path) => readFile(new URL(`public/${path}`, ROOT)) });
  await trainer.load(plan, { backend: 'wasm', keep: false });
  await trainer.loadState({ ...(await trainer.readState()), ...state });
  await trainer.step(steps);
  return { losses, state: await trainer.readState(), trainer };
}

function expectClose(actual: readonly number[], expected: readonly number[], relative = 1e-4): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, at) => {
    expect(Math.abs((actual[at] as number) - value), `loss ${at}: ${actual[at]} for ${value}`).toBeLessThanOrEqual(
      relative * Math.abs(value),
    );
  });
}

describe('logistic regression on MNIST', () => {
  it('follows PyTorch over three epochs and reaches its error rates', async () => {
    const fixture = json('fixtures/training/logistic-regression-mnist10k.json');
    const document = example('mnist-logistic-regression');
    const { plan } = compile(document, registry);
    expect(plan?.batchSize).toBe(fixture.batch);
    const { losses, trainer } = await train(document, 16);
    const errors = [(await trainer.evaluate())?.metrics.error];
    for (let epoch = 1; epoch < 3; epoch++) {
      await trainer.step(16);
      errors.push((await trainer.evaluate())?.metrics.error);
    }
    expectClose(losses, fixture.losses);
    errors.forEach((error, epoch) => void expect(error).toBeCloseTo(fixture.validation_error[epoch], 6));
    expect((await trainer.evaluate('test'))?.metrics.error).toBeCloseTo(fixture.test_error, 6);
  });
});

describe('optimizers on the digits MLP', () => {
  const fixture = json('fixtures/training/optimizers-digits-mlp.json');
  const start: State = { W1: Float32Array.from(fixture.W1), W2: Float32Array.from(fixture.W2) };
  const optimizers: Record<string, readonly [op: string, attributes: Record<string, AttributeValue>]> = {
    sgd: ['SGD', { lr: 0.5 }],
    momentum: ['SGD', { lr: 0.1, momentum: 0.9 }],
    nesterov: ['SGD', { lr: 0.1, momentum: 0.9, nesterov: true }],
    adagrad: ['Adagrad', { lr: 0.1 }],
    rmsprop: ['RMSprop', { lr: 0.01 }],
    adam: ['Adam', { lr: 0.01 }],
    adamw: ['AdamW', { lr: 0.01, weight_decay: 0.05 }],
    sgd_l1_l2: ['SGD', { lr: 0.5 }],
    sgd_decay: ['SGD', { lr: 0.5 }],
  };

  /** Wires, as `node.port > node.port`, and nodes added to the example. */
  function extend(
    document: GraphDocument,
    nodes: Record<string, [op: string, attributes?: Record<string, AttributeValue>]>,
    wires: string[],
    drop: string[] = [],
  ) {
    const graph = {
      ...document.graph,
      nodes: {
        ...document.graph.nodes,
        ...Object.fromEntries(
          Object.entries(nodes).map(([id, [op, attributes = {}]]) => [id, { id, op, name: id, attributes }]),
        ),
      },
      edges: {
        ...Object.fromEntries(
          Object.entries(document.graph.edges).filter(
            ([, edge]) => !drop.includes(`${edge.target.node}.${edge.target.port}`),
          ),
        ),
        ...Object.fromEntries(
          wires.map((wire, at) => {
            const [source, target] = wire.split(' > ').map((end) => {
              const [node = '', ...port] = end.split('.');
              return { node, port: port.join('.') };
            });
            return [`added${at}`, { id: `added${at}`, source, target } as GraphDocument['graph']['edges'][string]];
          }),
        ),
      },
    };
    return { ...document, graph };
  }

  function drawing(name: string): GraphDocument {
    const [op, attributes] = optimizers[name] as (typeof optimizers)[string];
    const base = adjust(example('digits-mlp'), {}, 50);
    const nodes = { ...base.graph.nodes, optimizer: { id: 'optimizer', op, name: 'optimizer', attributes } };
    const document = { ...base, graph: { ...base.graph, nodes } };
    if (name === 'sgd_l1_l2') {
      return extend(
        document,
        {
          l1_1: ['ReduceL1'],
          l1_2: ['ReduceL1'],
          l2_1: ['ReduceSumSquare'],
          l2_2: ['ReduceSumSquare'],
          penalty: ['Sum'],
          lambda: ['Constant', { values: [0.001] }],
          scaled: ['Mul'],
          cost: ['Add'],
        },
        [
          'W1.value > l1_1.x',
          'W2.value > l1_2.x',
          'W1.value > l2_1.x',
          'W2.value > l2_2.x',
          'l1_1.y > penalty.x.0',
          'l1_2.y > penalty.x.1',
          'l2_1.y > penalty.x.2',
          'l2_2.y > penalty.x.3',
          'penalty.y > scaled.a',
          'lambda.value > scaled.b',
          'loss.loss > cost.a',
          'scaled.y > cost.b',
          'cost.y > optimizer.cost',
        ],
        ['optimizer.cost'],
      );
    }
    if (name === 'sgd_decay') {
      return extend(
        document,
        {
          step: ['Parameter', { shape: [], initializer: 'zeros', trainable: false }],
          one: ['Constant'],
          next: ['Add'],
          eta0: ['Constant', { values: [0.5] }],
          d: ['Constant', { values: [0.05] }],
          slowed: ['Mul'],
          divisor: ['Add'],
          rate: ['Div'],
        },
        [
          'step.value > next.a',
          'one.value > next.b',
          'next.y > step.update',
          'step.value > slowed.a',
          'd.value > slowed.b',
          'slowed.y > divisor.a',
          'one.value > divisor.b',
          'eta0.value > rate.a',
          'divisor.y > rate.b',
          'rate.y > optimizer.lr',
        ],
      );
    }
    return document;
  }

  for (const setting of fixture.optimizers ?? fixture.runs) {
    it(setting.name, async () => {
      const { losses } = await train(drawing(setting.name), setting.losses.length, start);
      expectClose(losses, setting.losses);
    });
  }
});

describe('LeNet on MNIST', () => {
  it('follows PyTorch over twelve steps', async () => {
    const fixture = json('fixtures/training/lenet-mnist10k.json');
    const { losses } = await train(
      adjust(example('mnist-lenet'), { optimizer: { lr: 0.1, momentum: 0 } }, 64),
      fixture.losses.length,
      {
        filters1: Float32Array.from(fixture.conv1),
        filters2: Float32Array.from(fixture.conv2),
        W: Float32Array.from(fixture.W3),
      },
    );
    expectClose(losses, fixture.losses);
  });
});

describe('updates', () => {
  it('are simultaneous: two parameters swap their values', async () => {
    const { document } = parseDocument(
      readFileSync(new URL('src/compiler/samples/swap-parameters/graph.json', ROOT), 'utf8'),
    );
    const run = (steps: number) =>
      train(document as GraphDocument, steps).then(({ state }) => [state.a?.[0], state.b?.[0]]);
    expect(await run(1)).toEqual([2, 1]);
    expect(await run(2)).toEqual([1, 2]);
  });
});
