"""The order in which samples are learned: drawn by the generator that chip and PC share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fixprop.examples.training import Order
from fixprop.formats import Integers
from fixprop.generator import Generator

MAX_BELOW = 65_535
"""What the generator draws from at once on a chip: its upper 16 bits."""


class WideGenerator(Generator):
    """The same, and all 32 bits for more samples than a chip can hold or draw from."""

    def below(self, limit: int) -> int:
        """An integer in [0, limit)."""
        return super().below(limit) if limit <= MAX_BELOW else self.next() * limit >> 32


class SampleOrder:
    """Epochs of shuffled indices, or single draws, out of one generator that goes on and on.

    The shuffle is the examples' (fixprop.examples.training.Order), which a chip does too; it starts
    anew from 0, 1, 2... when the number of samples changes.
    """

    def __init__(self, seed: int) -> None:
        self._generator = WideGenerator(seed)
        self._shuffle: Order | None = None
        self._length = 0

    def epoch(self, samples: int) -> Integers:
        """A permutation of 0 to samples - 1."""
        if self._shuffle is None or self._length != samples:
            self._shuffle, self._length = Order(samples, self._generator), samples
        return self._shuffle.take(samples)

    def draws(self, samples: int, count: int) -> Integers:
        """`count` indices, each drawn out of all."""
        return np.array([self._generator.below(samples) for _ in range(count)], np.int64)


class Deck:
    """What an epoch is made of when classes weigh more or less: how often a sample is in it.

    Fixed point has no weight for a sample's loss that would not cost precision, and a board has no
    time for one; but seeing a sample twice is exact. A class of `n` samples and weight `w` has
    round(w n) places an epoch, at least one, dealt to its samples in turn: where one epoch stopped,
    the next goes on, so that in the long run all samples of a class come equally often.
    """

    def __init__(self, labels: ArrayLike, weights: dict[int, float]) -> None:
        classes = np.asarray(labels, np.int64)
        self._members = {c: np.flatnonzero(classes == c) for c in sorted(set(classes.tolist()))}
        self._places = {
            c: max(1, round(weights.get(c, 1.0) * len(members)))
            for c, members in self._members.items()
        }
        self._at = dict.fromkeys(self._members, 0)

    def __len__(self) -> int:
        return sum(self._places.values())

    def deal(self) -> Integers:
        """Indices of the next epoch's samples, class by class."""
        dealt = []
        for c, members in self._members.items():
            start, count = self._at[c], self._places[c]
            dealt.append(members[np.arange(start, start + count) % len(members)])
            self._at[c] = (start + count) % len(members)
        return np.concatenate(dealt)


def balanced(labels: ArrayLike) -> dict[int, float]:
    """Weights that give every class as many places as the largest has samples."""
    classes, counts = np.unique(np.asarray(labels, np.int64), return_counts=True)
    largest = counts.max()
    return {int(c): float(largest / n) for c, n in zip(classes, counts, strict=True)}
