/** The training program around a generated module. */

import type { TorchModule, TorchOptimizer } from '../torch/module.ts';
import { number } from '../torch/rules.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** Options of torch.optim, by the attributes of the node. */
function options({ op, attributes: a }: TorchOptimizer): string {
  const value = (name: string) => number(Number(a[name]));
  const all: string[] = [];
  if (op === 'SGD') {
    if (a.momentum !== 0) all.push(`momentum=${value('momentum')}`);
    if (a.nesterov && a.momentum !== 0) all.push('nesterov=True');
  }
  if (op === 'RMSprop') all.push(`alpha=${value('alpha')}`);
  if (op === 'Adam' || op === 'AdamW') all.push(`betas=(${value('beta1')}, ${value('beta2')})`);
  if (op !== 'SGD') all.push(`eps=${value('eps')}`);
  if (op === 'AdamW' || a.weight_decay !== 0) all.push(`weight_decay=${value('weight_decay')}`);
  return all.map((each) => `, ${each}`).join('');
}

const KNOWN = new Set(['SGD', 'Adagrad', 'RMSprop', 'Adam', 'AdamW']);

/** The optimizers of which torch.optim has none of this name. */
export function unknownOptimizer({ optimizers }: TorchModule): TorchOptimizer | undefined {
  return optimizers.find(({ op }) => !KNOWN.has(op));
}

/** What an optimizer remembers of a parameter, as torch.optim calls it and as the state does. */
const MEMORY: Readonly<Record<string, readonly string[]>> = {
  SGD: ['momentum_buffer'],
  Adagrad: ['sum'],
  RMSprop: ['square_avg'],
  Adam: ['exp_avg', 'exp_avg_sq'],
  AdamW: ['exp_avg', 'exp_avg_sq'],
};

function memory(optimizer: TorchOptimizer, at: number): string[] {
  const { op, parameters, attributes: a, name } = optimizer;
  const slots = op === 'SGD' && a.momentum === 0 ? [] : (MEMORY[op] ?? []);
  if (slots.length === 0) return [];
  const entries = slots.map((slot) => `${quoted(slot)}: torch.from_numpy(values[slot + ${quoted(`.${slot}`)}])`);
  const adam = op.startsWith('Adam');
  const count = adam
    ? [
        `# The number of steps, of which the state has 1 - beta2^t.`,
        `correction = float(values[${quoted(`${name}.bias_correction2`)}])`,
        `made = round(math.log1p(-correction) / math.log(${number(Number(a.beta2))})) if 0 < correction < 1 else ${'RECIPE["step"]'}`,
      ]
    : [];
  const steps = op === 'SGD' ? '' : `, "step": torch.tensor(float(${adam ? 'made' : 'RECIPE["step"]'}))`;
  return [
    ...count,
    `for slot, parameter in (${parameters.map(({ slot, attribute }) => `(${quoted(slot)}, model.${attribute}),`).join(' ')}):`,
    `    optimizers[${at}].state[parameter] = {${entries.join(', ')}${steps}}`,
  ];
}

const indent = (lines: readonly string[], by: number): string =>
  lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');

function clipping({ attributes: a, parameters }: TorchOptimizer): string[] {
  const all = `[${parameters.map(({ attribute }) => `model.${attribute}`).join(', ')}]`;
  const lines: string[] = [];
  if (Number(a.clip_value) > 0) lines.push(`nn.utils.clip_grad_value_(${all}, ${number(Number(a.clip_value))})`);
  if (Number(a.clip_norm) > 0) lines.push(`nn.utils.clip_grad_norm_(${all}, ${number(Number(a.clip_norm))})`);
  return lines;
}

function step(module: TorchModule): string[] {
  const { optimizers, updates, generators } = module;
  const rates = optimizers.map(({ rate }, at) => {
    const value =
      'result' in rate
        ? `float(results[${quoted(rate.result)}])`
        : `RECIPE["hyperparameters"][${quoted(rate.hyperparameter)}] * rate_factor(step)`;
    return `set_rate(optimizers[${at}], ${value})`;
  });
  const [only] = optimizers;
  const single = only ? ['optimizers[0].zero_grad()', `(results[${quoted(only.cost)}] * weight).backward()`] : [];
  const several = optimizers.flatMap(({ cost, parameters }) => {
    const all = `[${parameters.map(({ attribute }) => `model.${attribute}`).join(', ')}]`;
    return [
      `parameters = ${all}`,
      `slopes = torch.autograd.grad(results[${quoted(cost)}], parameters, retain_graph=True)`,
      'for parameter, slope in zip(parameters, slopes):',
      '    parameter.grad = slope',
    ];
  });
  return [
    ...(updates
      ? [
          '# All new values are those of the old ones.',
          'updates = {name: value.detach().clone() for name, value in results["updates"].items()}',
        ]
      : []),
    ...rates,
    ...(optimizers.length > 1 ? several : single),
    ...optimizers.flatMap(clipping),
    ...optimizers.map((_, at) => `optimizers[${at}].step()`),
    ...(updates
      ? [
          'with torch.no_grad():',
          '    for name, value in updates.items():',
          '        getattr(model, name).copy_(value)',
        ]
      : []),
    ...(generators ? ['model.advance()'] : []),
  ];
}

export function trainTorch(module: TorchModule): string {
  const { optimizers, alone, generators, evaluates, metrics, differentiates } = module;
  const made = optimizers.map(
    (each) =>
      `torch.optim.${each.op}([${each.parameters.map(({ attribute }) => `model.${attribute}`).join(', ')}], lr=1.0${options(each)}),`,
  );
  const memories = optimizers.flatMap(memory);
  const args = module.arguments.flatMap(({ name, column }) =>
    column === null ? [] : [`    ${quoted(name)}: ${quoted(column)},`],
  );
  const hasLoss = optimizers.length > 0;
  const shown = [...(hasLoss ? ['loss'] : []), ...metrics];
  const imports = [
    'import argparse',
    ...(memories.some((line) => line.includes('math.')) ? ['import math'] : []),
    'import os',
  ];
  const unused = module.unused ? ', find_unused_parameters=True' : '';
  const parallel = alone
    ? [
        `if world > 1:`,
        `    raise SystemExit(${quoted(`This model trains in one process. ${alone}`)})`,
        'wrapped = model',
      ]
    : [
        'if world > RECIPE["batchSize"]:',
        '    raise SystemExit("There are more processes than rows in a batch.")',
        'if world > 1:',
        '    dist.init_process_group("gloo")',
        `wrapped = DistributedDataParallel(model, broadcast_buffers=False${unused}) if world > 1 else model`,
      ];
  const evaluation =
    shown.length > 0
      ? `

def evaluate(model, data, size=500):
    """Loss and metrics on the validation split."""
    start, end = RECIPE["splits"]["validation"]
    sums = {}
    for first in range(start, end, size):
        rows = np.arange(first, min(first + size, end))
        ${differentiates ? `results = model${evaluates ? '.evaluate' : ''}(**batch_of(data, rows))` : `with torch.no_grad():\n            results = model${evaluates ? '.evaluate' : ''}(**batch_of(data, rows))`}
        for name in ${JSON.stringify(shown)}:
            sums[name] = sums.get(name, 0.0) + float(results[name]) * len(rows) / (end - start)
    return sums
`
      : '';
  return `"""Trains model.py with PyTorch, on the same rows and from the same state as the drawing.

    python train_torch.py --steps 100
    torchrun --nproc_per_node=2 train_torch.py --steps 100
"""
${imports.join('\n')}

import numpy as np
import torch
${alone ? '' : 'import torch.distributed as dist\n'}from torch import nn
${alone ? '' : 'from torch.nn.parallel import DistributedDataParallel\n'}
from model import SLOTS, Model
from recipe import RECIPE, columns, default_steps, rate_factor, rows_of, state

# Columns of the data by the arguments of the model.
ARGUMENTS = {
${args.join('\n')}
}


def load(model, values):
    with torch.no_grad():
        for slot, name in SLOTS.items():
            getattr(model, name).copy_(torch.from_numpy(values[slot]))


def make_optimizers(model, values):
    """Those of the drawing; the learning rate is set in every step."""
    optimizers = [
${indent(made, 8)}    ]
${indent(memories, 4)}    return optimizers


def set_rate(optimizer, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate


def batch_of(data, rows):
    return {name: torch.from_numpy(data[column][rows]) for name, column in ARGUMENTS.items()}
${evaluation}

def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\\n")[0])
    parser.add_argument("--steps", type=int, default=default_steps(), help="how many steps to make")
    parser.add_argument("--save", metavar="FILE", help="where the state_dict goes after the last step")
    options = parser.parse_args()

    # torchrun tells each process which of how many it is.
    world, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    data, values = columns(), state()
    model = Model()
    load(model, values)
    optimizers = make_optimizers(model, values)
${indent(parallel, 4)}
    for step in range(RECIPE["step"], RECIPE["step"] + options.steps):
        rows = rows_of(step)
        # Each process takes its share; weights make the mean over processes that over the whole batch.
        shares = np.array_split(rows, world)
        share = shares[rank]
        weight = len(share) * world / max(1, len(rows)) if world > 1 else 1.0
${generators ? indent(['model.first_row = sum(len(each) for each in shares[:rank])'], 8) : ''}        results = wrapped(**batch_of(data, share))
${indent(step(module), 8)}${
  hasLoss
    ? indent(
        [
          'loss = results["loss"].detach() * weight / world',
          ...(alone ? [] : ['if world > 1:', '    dist.all_reduce(loss)']),
          'if rank == 0:',
          '    print(f"step {step + 1}  loss {float(loss):.9g}", flush=True)',
        ],
        8,
      )
    : indent(['print(f"step {step + 1}")'], 8)
}
    if rank == 0:
${shown.length > 0 ? indent(['if RECIPE["splits"]:', '    for name, value in evaluate(model, data).items():', '        print(f"validation {name} {value:.6g}")'], 8) : ''}        if options.save:
            torch.save(model.state_dict(), options.save)


if __name__ == "__main__":
    main()
`;
}
