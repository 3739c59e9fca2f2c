"""Where the hand goes: bearing and range over time, NaN while it is away.

A path is a pure function of time and of where the pointer has been, so results do not depend on
when or in what steps they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.sensors import Purpose, Stream, generator

Pointer = Callable[[Floats], Floats]  # times to servo angles
NEAR_CM, FAR_CM = 12.0, 45.0
FIELD_DEG = 15.0
_DASH_EVERY_S, _DASH_S, _DASH_SPEED = 6.0, 0.8, 3.0  # passages faster than 0.5 m/s at 20 cm


class HandPath(Protocol):
    """Times are seconds since the path began; `pointer` gives the servo's angle at such times."""

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """Bearing in degrees and range in cm at `time_s`, of its shape; NaN while away."""
        ...


class _Roam:
    """A smooth random walk between -1 and 1 that visits all places about equally often."""

    def __init__(self, rng: np.random.Generator, hertz: Sequence[float], swing: Sequence[float]):
        self._hertz = np.array(hertz) * rng.uniform(0.8, 1.25, len(hertz))
        self._swing, self._phase = np.array(swing), rng.uniform(0, 2 * np.pi, len(hertz) + 1)

    def __call__(self, time_s: Floats) -> Floats:
        turns = 2 * np.pi * self._hertz * time_s[..., None] + self._phase[1:]
        angle = (self._swing * np.sin(turns)).sum(axis=-1) + self._phase[0] + 0.3 * time_s
        return np.asarray(np.arcsin(0.95 * np.sin(angle)) / np.arcsin(0.95))


def _range_roam(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    roam = _Roam(rng, (0.031, 0.083, 0.19), (3.0, 2.0, 1.0))

    def range_cm(time_s: Floats) -> Floats:  # four fifths of the time within 35 cm
        return np.asarray(NEAR_CM + (FAR_CM - NEAR_CM) * (0.5 + 0.5 * roam(time_s)) ** 1.6)

    return range_cm


class Track:
    """Free motion for tests: passages beyond 0.5 m/s, slow phases, and times with no hand."""

    def __init__(self, seed: int, *, field_deg: float = FIELD_DEG, leaves: bool = True) -> None:
        rng = generator(seed, 2, Purpose.PATH)
        self._bearing = _Roam(rng, (0.07, 0.19, 0.41), (6.0, 3.0, 1.5))
        self._range, self._field, self._leaves = _range_roam(rng), field_deg, leaves
        self._turns = Stream(lambda n: _present_and_away(rng, n), total=True)
        self._dash_s = rng.uniform(0, _DASH_EVERY_S)

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        away = self._is_away(time_s)
        bearing, distance = self._field * self._bearing(self._hurried(time_s)), self._range(time_s)
        return np.where(away, np.nan, bearing), np.where(away, np.nan, distance)

    def _hurried(self, time_s: Floats) -> Floats:
        """A clock that runs _DASH_SPEED times as fast during each dash."""
        rounds, place_s = np.divmod(time_s + self._dash_s, _DASH_EVERY_S)
        dashed_s = rounds * _DASH_S + np.clip(place_s, 0.0, _DASH_S)
        return np.asarray(time_s + (_DASH_SPEED - 1) * dashed_s)

    def _is_away(self, time_s: Floats) -> NDArray[np.bool_]:
        if not self._leaves:
            return np.zeros(time_s.shape, dtype=np.bool_)
        while not len(self._turns.values) or self._turns.values[-1] <= time_s.max(initial=0):
            self._turns.extend()
        turn = np.searchsorted(self._turns.values, time_s, side="right")
        return np.asarray(turn % 2 == 1)


def _present_and_away(rng: np.random.Generator, count: int) -> Floats:
    pairs = rng.uniform((8.0, 2.0), (15.0, 4.0), (count // 2, 2))
    return np.asarray(pairs.ravel())


class Follow:
    """A person who keeps the hand in front of the pointer, a little late and not quite there.

    Lag: dead time and a first-order lag, 60 ms together; the lag is the mean of the pointer's
    angle at delays that are spread exponentially. For the first `rest_s` the hand is away.
    """

    _DEAD_S, _LAG_S = 0.02, 0.04
    _DELAYS = _DEAD_S - _LAG_S * np.log(1 - (np.arange(16) + 0.5) / 16)

    def __init__(self, seed: int, *, rest_s: float = 1.0, wander_deg: float = 1.0) -> None:
        rng = generator(seed, 3, Purpose.PATH)
        self._range, self._rest = _range_roam(rng), rest_s
        self._hertz = np.array([0.13, 0.29, 0.43, 0.71]) * rng.uniform(0.8, 1.25, 4)
        self._phase = rng.uniform(0, 2 * np.pi, 4)
        self._wander = wander_deg * np.sqrt(2 / 4)

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        seen = pointer(time_s[..., None] - self._DELAYS).mean(axis=-1)
        turns = 2 * np.pi * self._hertz * time_s[..., None] + self._phase
        bearing = seen + self._wander * np.sin(turns).sum(axis=-1)
        away = time_s < self._rest
        return np.where(away, np.nan, bearing), np.where(away, np.nan, self._range(time_s))


@dataclass(frozen=True)
class Still:
    """A hand that does not move; NaN, NaN for none."""

    bearing_deg: float = np.nan
    range_cm: float = np.nan

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        return np.full(time_s.shape, self.bearing_deg), np.full(time_s.shape, self.range_cm)


@dataclass(frozen=True)
class Scripted:
    """Straight lines between (time_s, bearing_deg, range_cm); NaN rows are times with no hand."""

    points: Sequence[tuple[float, float, float]]

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        times, bearings, ranges = np.array(self.points, dtype=np.float64).T
        return np.interp(time_s, times, bearings), np.interp(time_s, times, ranges)


def sweep_deg(time_s: ArrayLike, field_deg: float = FIELD_DEG) -> Floats:
    """A pointer's to and fro in 8 s, for practice without the board's own."""
    return np.asarray(field_deg * np.sin(2 * np.pi * np.asarray(time_s) / 8.0))
