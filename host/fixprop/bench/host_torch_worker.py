"""PyTorch's part of `fixprop bench host`: a program for whatever Python has PyTorch; no fixprop in it.

Reads JSON objects, one a line: first the work, then orders; answers each with one line. host_torch.py
is the other side.
"""

from __future__ import annotations

import itertools
import json
import sys
from time import perf_counter
from typing import Any

import torch
from torch import nn


class Learner:
    """nn.Sequential of Linear and Sigmoid in float32, torch.optim.SGD, one sample a step."""

    def __init__(self, work: dict[str, Any]) -> None:
        sizes, self._first = work["sizes"], work["weights"]
        self._inputs = torch.tensor(work["inputs"], dtype=torch.float32).split(1)
        self._targets = torch.tensor(work["targets"], dtype=torch.float32).split(1)
        self._cycle = work["cycle"]
        self._linear = [nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
        self._model = nn.Sequential(*(m for layer in self._linear for m in (layer, nn.Sigmoid())))
        # The sum of squares at half the rate is half the squared error at the whole.
        self._loss = nn.MSELoss(reduction="sum")
        self._optimiser = torch.optim.SGD(self._model.parameters(), lr=work["rate"] / 2)

    def reset(self) -> None:
        """Back to the initial weights."""
        start = 0
        with torch.no_grad():
            for layer in self._linear:
                neurons, inputs = layer.weight.shape
                end = start + neurons * (inputs + 1)
                rows = torch.tensor(self._first[start:end]).reshape(neurons, inputs + 1)
                layer.bias.copy_(rows[:, 0])
                layer.weight.copy_(rows[:, 1:])
                start = end

    def train(self, calls: int) -> dict[str, Any]:
        """Seconds of `calls` online steps from the initial weights."""
        self.reset()
        model, loss, optimiser = self._model, self._loss, self._optimiser
        start = perf_counter()
        for index in itertools.islice(itertools.cycle(self._cycle), calls):
            optimiser.zero_grad(set_to_none=True)
            loss(model(self._inputs[index]), self._targets[index]).backward()
            optimiser.step()
        return {"seconds": perf_counter() - start}

    def infer(self, calls: int) -> dict[str, Any]:
        """Seconds of `calls` forward passes, and the last outputs."""
        model, outputs = self._model, torch.zeros(1, 1)
        with torch.no_grad():
            start = perf_counter()
            for index in itertools.islice(itertools.cycle(self._cycle), calls):
                outputs = model(self._inputs[index])
            seconds = perf_counter() - start
        return {"seconds": seconds, "outputs": outputs[0].tolist()}

    def weights(self, _calls: int) -> dict[str, Any]:
        """All weights, [layer][neuron][bias, inputs...]."""
        rows = [torch.cat([m.bias[:, None], m.weight], dim=1).flatten() for m in self._linear]
        return {"weights": torch.cat(rows).tolist()}


def main() -> None:
    """Do what standard input says, until it ends."""
    torch.set_num_threads(1)
    learner = Learner(json.loads(sys.stdin.readline()))
    orders = {"train": learner.train, "infer": learner.infer, "weights": learner.weights}
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        print(json.dumps(orders[order["do"]](order["calls"])), flush=True)


if __name__ == "__main__":
    main()
