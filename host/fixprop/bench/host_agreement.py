"""Did everyone do the same work? Weights and outputs after the same steps, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fixprop.bench.host_own import NativeContestant
from fixprop.bench.host_work import Contestant, Reals, Work
from fixprop.ensemble import Ensemble

AGREED_CALLS = 2000

# Of weights up to about 4, after AGREED_CALLS steps, from float64.
FLOAT64_LIMIT = 1e-9  # sums in another order
FLOAT32_LIMIT = 1e-4  # 24 bits
FIXED_LIMIT = 0.01  # the passes see weights of 11 fractional bits


@dataclass(frozen=True)
class Agreement:
    """How far apart two results are, the largest difference, and how far they may be."""

    who: str
    beside: str
    apart: float
    limit: float

    @property
    def holds(self) -> bool:
        """NaN is not close to anything."""
        return self.apart <= self.limit


def agreements(
    work: Work, contestants: Iterable[Contestant], calls: int = AGREED_CALLS
) -> list[Agreement]:
    """Fixed point against native, exactly; native and floating point against float64."""
    native = result(NativeContestant(work), calls)
    truth = float64(work, calls)
    found = []
    for one in contestants:
        own = result(one, calls)
        if one.name == "native":
            found.append(Agreement(one.name, "float64", _apart(own, truth), FIXED_LIMIT))
        elif one.name in ("sklearn", "torch"):
            limit = FLOAT64_LIMIT if one.name == "sklearn" else FLOAT32_LIMIT
            found.append(Agreement(one.name, "float64", _apart(own, truth), limit))
        else:
            rest = [result(NativeContestant(work, n), calls) for n in range(1, one.networks)]
            found.append(Agreement(one.name, "native", _apart(own, np.vstack([native, *rest])), 0))
    return found


def result(contestant: Contestant, calls: int) -> Reals:
    """Weights and outputs after `calls` steps from the initial weights, [networks, ...]."""
    contestant.reset()
    contestant.train(calls)
    return np.concatenate([contestant.weights(), contestant.infer(calls)], axis=1)


def float64(work: Work, calls: int) -> Reals:
    """The same by the float64 reference."""
    network = Ensemble.from_fixed(work.topology, work.weights, work.real_rate)
    order = work.order(calls)
    for index in order:
        network.train(work.real_inputs[None, index], work.real_targets[None, index])
    outputs = network.forward(work.real_inputs[None, order[-1]])
    return np.concatenate([network.flat_weights(), outputs], axis=1)


def _apart(one: Reals, other: Reals) -> float:
    return float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
