/** The JavaScript program, which is the same in every project. */

export const TRAIN_ONNX_MJS = `// Trains with ONNX Runtime in Node: a step is one run of a model of models/, from batch and state to loss and new state.
//
//     npm install
//     node train_onnx.mjs --steps 100
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RECIPE = JSON.parse(await readFile(join(HERE, 'recipe.json'), 'utf8'));

const TYPES = { '<f4': ['float32', Float32Array], '<i4': ['int32', Int32Array] };

/** An array as numpy.save writes it. */
async function readNpy(file) {
  const bytes = await readFile(join(HERE, file));
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const [type, Elements] = TYPES[/'descr': '([^']+)'/.exec(header)[1]];
  const shape = (/'shape': \\(([^)]*)\\)/.exec(header)[1].match(/\\d+/g) ?? []).map(Number);
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  return { type, shape, data: new Elements(data) };
}

async function writeNpy(file, { shape, data }) {
  const sizes = shape.length === 1 ? \`\${shape[0]},\` : shape.join(', ');
  const header = \`{'descr': '<f4', 'fortran_order': False, 'shape': (\${sizes}), }\`;
  const length = Math.ceil((header.length + 11) / 64) * 64 - 10;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 255, length >> 8]);
  const text = Buffer.from(\`\${header.padEnd(length - 1)}\\n\`, 'latin1');
  await writeFile(file, Buffer.concat([start, text, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}

async function readAll(files) {
  const entries = Object.entries(files).map(async ([name, file]) => [name, await readNpy(file)]);
  return Object.fromEntries(await Promise.all(entries));
}

/** NumPy's RandomState(seeds).permutation(size), number for number. */
function permutation(seeds, size) {
  const [N, M] = [624, 397];
  const key = new Uint32Array(N);
  key[0] = 19650218;
  for (let i = 1; i < N; i++) key[i] = Math.imul(1812433253, key[i - 1] ^ (key[i - 1] >>> 30)) + i;
  let i = 1;
  const advance = () => {
    i++;
    if (i < N) return;
    key[0] = key[N - 1];
    i = 1;
  };
  const mixed = (factor) => key[i] ^ Math.imul(key[i - 1] ^ (key[i - 1] >>> 30), factor);
  for (let k = Math.max(N, seeds.length), j = 0; k > 0; k--, j = (j + 1) % seeds.length) {
    key[i] = mixed(1664525) + (seeds[j] >>> 0) + j;
    advance();
  }
  for (let k = N - 1; k > 0; k--) {
    key[i] = mixed(1566083941) - i;
    advance();
  }
  key[0] = 0x80000000;

  let position = N;
  const next = () => {
    if (position === N) {
      for (let k = 0; k < N; k++) {
        const y = (key[k] & 0x80000000) | (key[(k + 1) % N] & 0x7fffffff);
        key[k] = key[(k + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      position = 0;
    }
    let y = key[position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const order = Int32Array.from({ length: size }, (_, k) => k);
  for (let k = size - 1; k > 0; k--) {
    const mask = 2 ** (32 - Math.clz32(k)) - 1;
    let other = (next() & mask) >>> 0;
    while (other > k) other = (next() & mask) >>> 0;
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

let known = { epoch: -1, order: null };

function orderOf(epoch) {
  const [from, to] = RECIPE.splits.train;
  if (known.epoch !== epoch) {
    const order = RECIPE.shuffle
      ? permutation([RECIPE.seed, epoch], to - from)
      : Int32Array.from({ length: to - from }, (_, k) => k);
    known = { epoch, order: order.map((row) => row + from) };
  }
  return known.order;
}

/** Numbers of the rows that make up the batch of a step; steps count from 0. */
function rowsOf(step) {
  const { batchSize, stepsPerEpoch, lastBatch } = RECIPE;
  const epoch = Math.floor(step / stepsPerEpoch);
  const at = step - epoch * stepsPerEpoch;
  const order = orderOf(epoch);
  const left = order.length % batchSize;
  const size = lastBatch === 'keep' && at === stepsPerEpoch - 1 && left > 0 ? left : batchSize;
  return Int32Array.from({ length: size }, (_, k) => order[(at * batchSize + k) % order.length]);
}

/** What the learning rate is multiplied by in a step. */
function rateFactor(step) {
  const { kind, decay, factor, every, floor, period, warmup, warmupStart } = RECIPE.schedule;
  const epochs = step / RECIPE.stepsPerEpoch;
  let result = 1;
  if (kind === 'inverse') result = 1 / (1 + decay * Math.floor(epochs));
  else if (kind === 'step') result = factor ** Math.floor(Math.floor(epochs) / every);
  else if (kind === 'cosine') result = floor + ((1 - floor) * (1 + Math.cos((Math.PI * Math.min(epochs, period)) / period))) / 2;
  return step < warmup ? result * (warmupStart + ((1 - warmupStart) * step) / warmup) : result;
}

function gather({ type, shape, data }, rows, asked) {
  const size = shape.slice(1).reduce((product, each) => product * each, 1);
  const batch = new data.constructor(rows.length * size);
  rows.forEach((row, k) => batch.set(data.subarray(row * size, (row + 1) * size), k * size));
  return new ort.Tensor(type, batch, asked);
}

const { values: options } = parseArgs({ options: { steps: { type: 'string' }, save: { type: 'string' } } });
const steps = Number(options.steps ?? Math.max(1, RECIPE.epochs) * RECIPE.stepsPerEpoch);
const columns = await readAll(RECIPE.columns);
const state = Object.fromEntries(
  Object.entries(await readAll(RECIPE.state)).map(([name, { type, data, shape }]) => [name, new ort.Tensor(type, data, shape)]),
);
const sessions = new Map();
for (const model of RECIPE.steps) {
  const session = await ort.InferenceSession.create(await readFile(join(HERE, model.file)));
  sessions.set(model.batch, { model, session });
}

for (let step = RECIPE.step; step < RECIPE.step + steps; step++) {
  const rows = RECIPE.splits ? rowsOf(step) : null;
  const { model, session } = sessions.get(rows?.length ?? RECIPE.batchSize);
  const feeds = {};
  for (const { name, from, of, shape } of model.inputs) {
    if (from === 'column') feeds[name] = gather(columns[of], rows, shape);
    else if (from === 'state') feeds[name] = state[of];
    else feeds[name] = new ort.Tensor('float32', [RECIPE.hyperparameters[of] * rateFactor(step)], []);
  }
  const results = await session.run(feeds);
  let loss = null;
  for (const { name, to, of } of model.outputs) {
    if (to === 'state') state[of] = results[name];
    else loss = results[name].data[0];
  }
  console.log(\`step \${step + 1}\${loss === null ? '' : \`  loss \${Number(loss.toPrecision(9))}\`}\`);
}

if (options.save !== undefined) {
  await mkdir(options.save, { recursive: true });
  for (const [name, file] of Object.entries(RECIPE.state)) {
    await writeNpy(join(options.save, basename(file)), { shape: state[name].dims, data: state[name].data });
  }
}
`;
