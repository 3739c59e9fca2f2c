"""What a doctor has watched, made of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fixprop.doctor.watch import Phase, Watch
from fixprop.session import Session
from fixprop.sim.offline import adc_counts, burst_filter
from fixprop.wire.records import Health, Reading

PERIOD_US = 38_000
READING = Reading(0, 0, 500, 500, 1450, 0, 0, 0, 0, 0, 0, 5000)
HEALTH = Health(130, 0, 0, 0, 0, 0, 0, 325, 0, 2000, 5000)


class NoPort:
    """A Port on which nothing happens."""

    url = "none"

    def read(self, seconds: float) -> bytes:
        return b""

    def write(self, data: bytes) -> None: ...

    def time_s(self) -> float:
        return 0.0

    def close(self) -> None: ...


def phase(left: ArrayLike, right: ArrayLike, *, supply_mv: int = 5000, clock: float = 1.0) -> Phase:
    """Readings of two sensors, one each period, by a clock that is so much faster."""
    pairs = np.stack([np.asarray(left), np.asarray(right)]).T.astype(int).tolist()
    made = Phase()
    for index, (left_value, right_value) in enumerate(pairs):
        at_us = round(index * PERIOD_US * clock)
        made.readings.append(
            replace(
                READING,
                reading_index=index,
                time_us=at_us,
                left=left_value,
                right=right_value,
                supply_mv=supply_mv,
            )
        )
        made.arrivals_s.append(index * PERIOD_US / 1e6)
    return made


def sensor(
    level_mv: float, *, sigma_counts: float = 12.0, readings: int = 130, seed: int = 1
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Readings of a sensor whose single reads scatter so much, through the firmware's filter."""
    noise = sigma_counts * 5000 / 1024 * np.random.default_rng(seed).standard_normal((readings, 16))
    return np.asarray(burst_filter(adc_counts(level_mv + noise)))


def watch(rest: Phase, left: Phase | None = None, right: Phase | None = None) -> Watch:
    """A watch that has seen these."""
    made = Watch(Session(NoPort()))
    made.rest, made.health = rest, HEALTH
    made.hands = left or Phase(), right or Phase()
    return made
