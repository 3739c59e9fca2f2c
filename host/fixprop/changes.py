"""The mirror of momentum and mini-batches: changes that gather beside the weights.

One sum serves both. Steps are added to it while the weights stand; then the weights take it over and
a part of it, the momentum, stays: 0 is a plain mini-batch, one step at a time is plain momentum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.errors import UsageError
from fixprop.formats import MOMENTUM, WEIGHT, Integers, round_shift


@dataclass
class Changes:
    """`sums[l]`: int64 [N, neurons, 1 + inputs], Q4.19, like a mirror's weights; `momentum`: UQ0.16."""

    sums: list[Integers]
    momentum: int = 0

    def __post_init__(self) -> None:
        if not MOMENTUM.low <= self.momentum <= MOMENTUM.high:
            limits = f"{MOMENTUM.low} to {MOMENTUM.high}"
            raise UsageError(f"momentum {self.momentum} (UQ0.16): must be {limits}")

    def apply_to(self, weights: list[Integers]) -> None:
        """Add the sums to the weights, then keep `momentum` of them."""
        for layer, sums in zip(weights, self.sums, strict=True):
            layer[:] = WEIGHT.saturate(layer + sums)
            sums[:] = round_shift(sums * self.momentum, MOMENTUM.fraction)

    def flat(self) -> Integers:
        """int64 [N, weight_count] in storage order."""
        return np.concatenate([s.reshape(len(s), -1) for s in self.sums], axis=1)
