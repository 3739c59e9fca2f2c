"""What the firmware would read, without the firmware: thousands of seconds in seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.paths import HandPath, Pointer
from fixprop.sim.scene import Truths, World
from fixprop.sim.sensors import Ints

DISCARDED, READS = 1, 16  # conversions after a change of channel, and those that count
CONVERSION_S = 13 / 125_000  # ATmega328P datasheet: 13 ADC clocks, at 125 kHz
KEPT = slice(1, 9)  # of the sorted reads: eight low-middle ones, because spikes only read high
READING_MAX = 8 * 1023
_CHUNK = 4096


def adc_counts(millivolts: ArrayLike, avcc_mv: int = 5000) -> Ints:
    """The ATmega328P's 10-bit code: floor(V * 1024 / AVCC), section 24.7 of its datasheet."""
    counts = np.asarray(millivolts, dtype=np.int64) * 1024 // avcc_mv
    return np.clip(counts, 0, 1023)


def burst_filter(counts: ArrayLike) -> Ints:
    """The sum of ranks 1 to 8 of sixteen reads (last axis): 0 to 8184."""
    return np.asarray(np.sort(counts, axis=-1)[..., KEPT].sum(axis=-1), dtype=np.int64)


@dataclass(frozen=True)
class Readings:
    """One row per reading; `truth` is at `time_s`, when the right sensor's burst ends."""

    time_s: Floats
    left: Ints  # 0 to 8184
    right: Ints
    truth: Truths


def offline_readings(
    seed: int,
    seconds: float,
    path: HandPath,
    reading_period_s: float = 0.0383,
    *,
    start_s: float = 0.1,
    pointer: Pointer | None = None,
    **world: Any,
) -> Readings:
    """Readings every `reading_period_s` from `start_s` on, in `World(seed, path, **world)`.

    The same sensors, noise and hand as the simulated board meets them: a burst on the left
    sensor, then one on the right. `pointer` stands in for the servo where a path follows it.
    """
    scene = World(seed, path, **world)
    if pointer is not None:
        scene.pointer = pointer
    return scene_readings(scene, seconds, reading_period_s, start_s=start_s)


def scene_readings(
    scene: World, seconds: float, reading_period_s: float, *, start_s: float = 0.1
) -> Readings:
    """`offline_readings` in a world that is there already, untouched by any board."""
    count = int((seconds - start_s) / reading_period_s)
    starts: Floats = start_s + reading_period_s * np.arange(count, dtype=np.float64)
    burst_s = (DISCARDED + READS) * CONVERSION_S
    left, right = (_bursts(scene, side, starts + side * burst_s) for side in (0, 1))
    ends: Floats = starts + 2 * burst_s
    return Readings(ends, left, right, Truths(*_chunked(scene.truths, ends)))


def _bursts(scene: World, side: int, starts: Floats) -> Ints:
    sensor = scene.sensors[side]
    times = starts[:, None] + CONVERSION_S * np.arange(DISCARDED + READS)
    cycles = sensor.cycle_at(times)

    def held(cycle: Floats) -> tuple[Floats]:
        return (sensor.measure_mv(cycle, *scene.hand_at(sensor.instant_s(cycle))),)

    (output_mv,) = _chunked(held, np.arange(cycles.max() + 1))
    held_mv = np.where(cycles >= 0, output_mv[np.maximum(cycles, 0)], 0.0)
    reads = sensor.read_mv(held_mv, times)[:, DISCARDED:]
    return burst_filter(adc_counts(reads))


def _chunked(function: Callable[[Any], tuple[Any, ...]], values: Any) -> tuple[Any, ...]:
    """function(values), a few thousand at a time: the beams' rays take 41 times the memory."""
    parts = [function(values[i : i + _CHUNK]) for i in range(0, len(values), _CHUNK)]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
