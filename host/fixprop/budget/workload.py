"""The workload that cycles are counted on: a few random samples, and weights between -1 and 1.

Learning rate 1/2, `EPOCHS` times over the samples. The first start is that of the bare program on
the chip; others show how much another start differs.
"""

from __future__ import annotations

import numpy as np

from fixprop.bench.bare import SEED, SPREAD
from fixprop.bench.tasks import RATE_HALF, Task
from fixprop.budget.events import Counts, backward_counts, forward_counts
from fixprop.budget.mode import Mode
from fixprop.formats import ACTIVATION, PASS_WEIGHT, RESIDUAL_BITS, Integers
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology

PATTERNS = 4
EPOCHS = 4  # steps of the early, coarse kind and of the later, finer one
MOMENTUM = 1 << 15  # 0.5, UQ0.16
LOW, HIGH = 0.1, 0.9  # targets of an output that tells no or yes
SYMMETRIC = ("tanh", "linear")


def workload(topology: Topology, start: int = 0) -> Task:
    """Random samples for any network; targets of the kind that its outputs can reach."""
    rng = np.random.default_rng([start, *topology.sizes])
    inputs = rng.uniform(-1, 1, (PATTERNS, topology.sizes[0]))
    shape = (PATTERNS, topology.sizes[-1])
    output = topology.activations[-1]
    if output == "softmax":
        targets = np.eye(shape[1])[rng.integers(0, shape[1], PATTERNS)]
    elif output in SYMMETRIC:
        targets = rng.uniform(-HIGH, HIGH, shape)
    else:
        targets = rng.choice([LOW, HIGH], shape)
    fixed = (ACTIVATION.from_float(values) for values in (inputs, targets))
    return Task("random samples", topology, *fixed)


def first_weights(topology: Topology, start: int = 0) -> Integers:
    """int64 [weight_count], Q4.19, in storage order; start 0 is the bare program's."""
    mirror = Mirror(topology)
    if start == 0:
        mirror.initialise(Generator(SEED), SPREAD)
        return np.asarray(mirror.flat_weights()[0])
    rng = np.random.default_rng([start, *topology.sizes])
    spread = SPREAD << RESIDUAL_BITS
    return rng.integers(-spread, spread, topology.weight_count)


def passes(topology: Topology, mode: Mode, starts: int = 1) -> tuple[list[Counts], list[Counts]]:
    """Counts of each inference and of each training step, one entry a start in every count."""
    mirror = Mirror(topology, starts, RATE_HALF)
    weights = np.stack([first_weights(topology, start) for start in range(starts)])
    if not mode.learns:
        weights = PASS_WEIGHT.saturate(weights >> RESIDUAL_BITS) << RESIDUAL_BITS
    mirror.set_flat_weights(weights)
    tasks = [workload(topology, start) for start in range(starts)]
    inputs = np.stack([task.inputs for task in tasks], axis=1)
    if not mode.learns:
        return [_inference(mirror, sample) for sample in inputs], []
    targets = np.stack([task.targets for task in tasks], axis=1)
    order = list(range(PATTERNS)) * EPOCHS
    return _lesson(mirror, mode, inputs[order], targets[order])


def _inference(mirror: Mirror, inputs: Integers) -> Counts:
    mirror.forward(inputs)
    return forward_counts(mirror)


def _lesson(
    mirror: Mirror, mode: Mode, inputs: Integers, targets: Integers
) -> tuple[list[Counts], list[Counts]]:
    forward, backward = [], []
    changes = mirror.changes(MOMENTUM)
    applied = _applied(mirror) if mode is Mode.MOMENTUM else {}
    for sample, target in zip(inputs, targets, strict=True):
        if mode is Mode.MOMENTUM:
            mirror.train_momentum(sample, target, changes)
        else:
            mirror.train(sample, target)
        forward.append(forward_counts(mirror))
        backward.append(backward_counts(mirror) | applied)
    return forward, backward


def _applied(mirror: Mirror) -> Counts:
    """Of fixprop_apply, which goes over all weights."""
    each = np.ones(len(mirror.weights[0]))
    return {"apply": each, "apply weight": each * mirror.topology.weight_count}
