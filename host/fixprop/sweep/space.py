"""Which points a sweep visits: every combination of the values given, or some drawn between them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fixprop.errors import UsageError
from fixprop.formats import RATE
from fixprop.sweep.point import PARAMETERS, Parameter, Point, Value

MAX_POINTS = 1_000_000
DECIMALS = 2  # of a value that is drawn
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Space:
    """Values by parameter; what is not named stays as the tracker has it.

    Every setting is tried on the same `builds`, seeds `seed` to `seed + builds - 1`: settings differ in
    nothing but themselves. `draws`: None for the grid, else so many settings between the least and the
    greatest value; fewer draws are the beginning of more.
    """

    values: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    builds: int = 1
    seed: int = 1
    draws: int | None = None

    def points(self) -> list[Point]:
        """Each once; build by build, so that an early end leaves all settings equally far."""
        if self.seed + self.builds - 1 > MAX_SEED:
            raise UsageError(f"--seed {self.seed} and {self.builds} builds: beyond {MAX_SEED}")
        settings = self._grid() if self.draws is None else self._drawn(self.draws)
        if len(settings) * self.builds > MAX_POINTS:
            runs = len(settings) * self.builds
            raise UsageError(f"{runs:,} runs: at most {MAX_POINTS:,}; give fewer values or builds")
        seeds = range(self.seed, self.seed + self.builds)
        points = [Point(**one, seed=seed) for seed in seeds for one in settings]  # type: ignore[arg-type]
        return list({point.key: point for point in points}.values())

    def _grid(self) -> list[dict[str, Value]]:
        if math.prod(len(of) for of in self.values.values()) > MAX_POINTS:
            raise UsageError(f"more than {MAX_POINTS:,} combinations: give fewer values")
        return [
            dict(zip(self.values, one, strict=True))
            for one in itertools.product(*self.values.values())
        ]

    def _drawn(self, draws: int) -> list[dict[str, Value]]:
        rng = np.random.default_rng(self.seed)
        return [
            {name: draw(rng, PARAMETERS[name], of) for name, of in self.values.items()}
            for _ in range(draws)
        ]


def draw(rng: np.random.Generator, parameter: Parameter, values: Sequence[Value]) -> Value:
    """A name out of `values`, or a number from the least to the greatest of them."""
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < len(values):
        return values[int(rng.integers(len(values)))]
    low, high = min(numbers), max(numbers)
    if parameter.logarithmic:
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return round(value / RATE.unit) * RATE.unit  # as the chip can hold it
    return float(round(rng.uniform(low, high), DECIMALS))
