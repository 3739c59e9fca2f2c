"""Two free-running GP2Y0A21YK0F, as units differ and as they really read: late, held, noisy.

A unit measures over its own cycle of 38.3 +- 9.6 ms, puts the result out up to 5 ms later and
holds it until the next. Every random quantity has a stream of its own (seed, side, purpose), so
that reading more often changes neither the unit nor its measurements.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.sim.gp2y0a21 import Floats, output_mv
from fixprop.sim.optics import Hand, Mount, look

LEFT, RIGHT = 0, 1
MEASUREMENT_NOISE_MV = 8.0  # of what is held, so reading it again does not average it away
SINGLE_READ_NOISE_MV = 54.0  # 11 counts: everything but spikes (wesmith/PID_balance_arm: 10 to 14)
READ_NOISE_MV = math.sqrt(SINGLE_READ_NOISE_MV**2 - MEASUREMENT_NOISE_MV**2)
SPIKE_MV, SPIKE_SPREAD_MV, SPIKE_S = 200.0, 40.0, 1e-4  # always upwards (olduino)
SPIKES_PER_S = 200.0  # 2 % of single reads; with them a read's sigma is 12 to 13 counts
_FAR_MV = 405.0  # at 80 cm, where the datasheet states the offset's spread
_JITTER = 0.01  # of a cycle, either way
_BLOCK = 4096

Ints = NDArray[np.int64]


class Purpose(IntEnum):
    """What a random stream is for."""

    UNIT, JITTER, MEASUREMENT, READ, SPIKE_GAP, SPIKE_HEIGHT, PATH = range(7)


def generator(seed: int, side: int, purpose: Purpose) -> np.random.Generator:
    """The stream for one sensor and purpose."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, side, purpose])))


class Stream:
    """An endless sequence of random numbers, drawn in blocks and kept."""

    def __init__(self, draw: Callable[[int], Floats], total: bool = False) -> None:
        self._draw, self._total = draw, total
        self.values = np.empty(0)

    def __getitem__(self, index: ArrayLike) -> Floats:
        at = np.asarray(index)
        while at.size and at.max() >= len(self.values):
            self.extend()
        return np.asarray(self.values[at])

    def extend(self) -> None:
        """Draw as many again as there are, in whole blocks."""
        new = self._draw(max(_BLOCK, len(self.values)))
        if self._total:
            new = np.cumsum(new) + (self.values[-1] if len(self.values) else 0.0)
        self.values = np.concatenate([self.values, new])


@dataclass(frozen=True)
class SensorUnit:
    """What makes one sensor of the series differ from the typical one."""

    gain: float = 1.0
    offset_mv: float = 0.0
    period_ms: float = 38.3
    phase_ms: float = 0.0  # of the first cycle's start against power-on; -period_ms to 0
    delay_ms: float = 4.0  # from a measurement's end to its output; up to 5

    def transfer_mv(self, typical_mv: ArrayLike) -> Floats:
        """This unit's output where the typical unit puts out `typical_mv`."""
        return _FAR_MV + self.gain * (np.asarray(typical_mv) - _FAR_MV) + self.offset_mv


def draw_units(seed: int, spread: float = 1.0) -> tuple[SensorUnit, SensorUnit]:
    """A left and a right unit from the series; `spread` 0 makes both typical.

    The datasheet's limits are Vo(10) - Vo(80) = 1.65 / 1.90 / 2.15 V and Vo(80) = 0.40 +- 0.15 V;
    gain and offset are normal with half the limit as sigma, cut off at the limit.
    """
    return _draw_unit(seed, LEFT, spread), _draw_unit(seed, RIGHT, spread)


def _draw_unit(seed: int, side: int, spread: float) -> SensorUnit:
    rng = generator(seed, side, Purpose.UNIT)
    gain, offset = (np.clip(rng.standard_normal(2) / 2, -1, 1) * spread).tolist()
    period = 38.3 + 9.6 * spread * rng.uniform(-1, 1)
    phase, delay = -period * rng.uniform(), rng.uniform(2, 5)
    return SensorUnit(1 + gain * 0.25 / 1.90, 150 * offset, period, phase, delay)


class SensorModel:
    """One sensor in its place, reading a hand."""

    def __init__(
        self,
        unit: SensorUnit,
        side: int,
        seed: int,
        *,
        mount: Mount | None = None,
        hand: Hand | None = None,
        noise: float = 1.0,
    ) -> None:
        self.unit, self.side, self.noise = unit, side, noise
        self.mount, self.hand = mount or Mount(), hand or Hand()

        def stream(purpose: Purpose) -> np.random.Generator:
            return generator(seed, side, purpose)

        jitter, measurement = stream(Purpose.JITTER), stream(Purpose.MEASUREMENT)
        gap, height = stream(Purpose.SPIKE_GAP), stream(Purpose.SPIKE_HEIGHT)
        self._jitter = Stream(lambda n: jitter.uniform(-_JITTER, _JITTER, n))
        self._measurement = Stream(measurement.standard_normal)
        self._reads = stream(Purpose.READ)
        self._spike_s = Stream(lambda n: gap.exponential(1 / SPIKES_PER_S, n), total=True)
        self._spike_mv = Stream(lambda n: SPIKE_MV + SPIKE_SPREAD_MV * height.standard_normal(n))
        self._pending: list[float] = []  # read noise in reverse order
        self._spikes: list[float] = []

    def instant_s(self, cycle: ArrayLike) -> Floats:
        """The middle of measuring cycle 0, 1, ...: where the hand is then is what is measured."""
        k = np.asarray(cycle)
        return (self.unit.phase_ms + (k + 0.5 + self._jitter[k]) * self.unit.period_ms) / 1000

    def update_s(self, cycle: ArrayLike) -> Floats:
        """When that cycle's result appears at the output."""
        return self.instant_s(cycle) + (self.unit.period_ms / 2 + self.unit.delay_ms) / 1000

    def cycle_at(self, time_s: ArrayLike) -> Ints:
        """The cycle whose result is at the output then; -1 before the first."""
        time = np.asarray(time_s, dtype=np.float64)
        ms = time * 1000 - self.unit.phase_ms - self.unit.delay_ms
        guess = np.maximum(np.floor(ms / self.unit.period_ms).astype(np.int64) - 1, -1)
        guess = guess + (self.update_s(guess + 1) <= time)
        early = (guess >= 0) & (self.update_s(np.maximum(guess, 0)) > time)
        return np.asarray(guess - early, dtype=np.int64)

    def measure_mv(self, cycle: ArrayLike, bearing_deg: ArrayLike, range_cm: ArrayLike) -> Floats:
        """What the unit holds after `cycle` with the hand there (NaN: away)."""
        distance, _ = look(self.mount, self.hand, self.side, bearing_deg, range_cm)
        noise = self.noise * MEASUREMENT_NOISE_MV * self._measurement[cycle]
        return self.unit.transfer_mv(output_mv(distance)) + noise

    def read_mv(self, held_mv: Floats, time_s: Floats) -> Ints:
        """The next conversions, in order, at rising times while `held_mv` is at the output."""
        white = self._reads.standard_normal(held_mv.size).reshape(held_mv.shape)
        spikes = self._spike_at(time_s)
        return _millivolts(held_mv + self.noise * (READ_NOISE_MV * white + spikes))

    def _spike_at(self, time_s: Floats) -> Floats:
        while not len(self._spike_s.values) or self._spike_s.values[-1] <= time_s.max():
            self._spike_s.extend()
        last = np.searchsorted(self._spike_s.values, time_s, side="right") - 1
        start = np.where(last >= 0, self._spike_s[np.maximum(last, 0)], -np.inf)
        return np.where(time_s - start < SPIKE_S, self._spike_mv[np.maximum(last, 0)], 0.0)

    def read_one_mv(self, held_mv: float, time_s: float) -> int:
        """`read_mv` for a single conversion, a hundred times cheaper."""
        if not self._pending:
            self._pending = self._reads.standard_normal(_BLOCK)[::-1].tolist()
        extra: float = READ_NOISE_MV * self._pending.pop()
        while not self._spikes or self._spikes[-1] <= time_s:
            self._spike_s.extend()
            self._spikes = self._spike_s.values.tolist()
        last = bisect_right(self._spikes, time_s) - 1
        if last >= 0 and time_s - self._spikes[last] < SPIKE_S:
            extra += float(self._spike_mv[last])
        millivolts: int = round(held_mv + self.noise * extra)
        return min(max(millivolts, 0), 5000)


def _millivolts(value: Floats) -> Ints:
    return np.asarray(np.clip(np.rint(value), 0, 5000), dtype=np.int64)
