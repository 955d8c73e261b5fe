/** Python programs that are the same in every project. */

export const RECIPE_PY = `"""Reads recipe.json: data, state, the rows of every step and its learning rate. Needs NumPy only."""
import json
import math
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
RECIPE = json.loads((HERE / "recipe.json").read_text(encoding="utf-8"))


def columns():
    """Whole columns of the data, by name."""
    return {name: np.load(HERE / file) for name, file in RECIPE["columns"].items()}


def state():
    """Parameters and what optimizers remember, by name."""
    return {name: np.load(HERE / file) for name, file in RECIPE["state"].items()}


def save_state(folder, values):
    """Writes values of the state as files that can take the place of those in state/."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in values.items():
        np.save(folder / Path(RECIPE["state"][name]).name, value)


def default_steps():
    """As many steps as the drawing asks for, or one epoch."""
    return max(1, RECIPE["epochs"]) * RECIPE["stepsPerEpoch"]


_order = {}


def _order_of(epoch):
    start, end = RECIPE["splits"]["train"]
    if not RECIPE["shuffle"]:
        return np.arange(start, end)
    if epoch not in _order:
        _order.clear()
        _order[epoch] = start + np.random.RandomState([RECIPE["seed"], epoch]).permutation(end - start)
    return _order[epoch]


def rows_of(step):
    """Numbers of the rows that make up the batch of a step; steps count from 0."""
    if RECIPE["splits"] is None:
        return np.zeros(0, np.int64)
    epoch, at = divmod(step, RECIPE["stepsPerEpoch"])
    order = _order_of(epoch)
    batch = RECIPE["batchSize"]
    left = len(order) % batch
    is_last = at == RECIPE["stepsPerEpoch"] - 1
    size = left if RECIPE["lastBatch"] == "keep" and is_last and left else batch
    return order[(at * batch + np.arange(size)) % len(order)]


def rate_factor(step):
    """What the learning rate is multiplied by in a step."""
    schedule = RECIPE["schedule"]
    epochs = step / RECIPE["stepsPerEpoch"]
    kind, floor, period = schedule["kind"], schedule["floor"], schedule["period"]
    factor = 1.0
    if kind == "inverse":
        factor = 1 / (1 + schedule["decay"] * math.floor(epochs))
    elif kind == "step":
        factor = schedule["factor"] ** (math.floor(epochs) // schedule["every"])
    elif kind == "cosine":
        factor = floor + (1 - floor) * (1 + math.cos(math.pi * min(epochs, period) / period)) / 2
    if step < schedule["warmup"]:
        factor *= schedule["warmupStart"] + (1 - schedule["warmupStart"]) * step / schedule["warmup"]
    return factor
`;

export const TRAIN_ONNX_PY = `"""Trains with ONNX Runtime: a step is one run of a model of models/, from batch and state to loss and new state.

    pip install -r requirements.txt
    python train_onnx.py --steps 100
"""
import argparse

import numpy as np
import onnxruntime

from recipe import HERE, RECIPE, columns, default_steps, rate_factor, rows_of, save_state, state


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\\n")[0])
    parser.add_argument("--steps", type=int, default=default_steps(), help="how many steps to make")
    parser.add_argument("--save", metavar="FOLDER", help="where the state goes after the last step")
    options = parser.parse_args()

    data, values = columns(), state()
    sessions = {
        model["batch"]: (model, onnxruntime.InferenceSession(str(HERE / model["file"]), providers=["CPUExecutionProvider"]))
        for model in RECIPE["steps"]
    }
    for step in range(RECIPE["step"], RECIPE["step"] + options.steps):
        rows = rows_of(step)
        model, session = sessions[len(rows) if RECIPE["splits"] else RECIPE["batchSize"]]
        feeds = {}
        for port in model["inputs"]:
            if port["from"] == "column":
                feeds[port["name"]] = data[port["of"]][rows].reshape(port["shape"])
            elif port["from"] == "state":
                feeds[port["name"]] = values[port["of"]]
            else:
                rate = RECIPE["hyperparameters"][port["of"]] * rate_factor(step)
                feeds[port["name"]] = np.array(rate, np.float32)
        loss = None
        for port, result in zip(model["outputs"], session.run([port["name"] for port in model["outputs"]], feeds)):
            if port["to"] == "state":
                values[port["of"]] = result
            else:
                loss = float(result)
        print(f"step {step + 1}" + ("" if loss is None else f"  loss {loss:.9g}"))
    if options.save:
        save_state(options.save, values)


if __name__ == "__main__":
    main()
`;
